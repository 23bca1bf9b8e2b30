package access_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/audit"
	"clearwell/internal/cardscan"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/retain"
	"clearwell/internal/secret"
)

const (
	ana       = "ana@example.com"
	longWords = "four wet words here"
	others    = "other words as wet"
)

// desk is where logins are asked for, with the mail that left.
type desk struct {
	*testing.T
	*access.Service
	d   *db.DB
	clk *clock.Manual
}

// each runs a test on both databases. Hashing costs next to nothing.
func each(t *testing.T, test func(*desk)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) { test(open(t, d, clk)) })
}

func open(t *testing.T, d *db.DB, clk *clock.Manual) *desk {
	t.Helper()
	dk := &desk{T: t, d: d, clk: clk}
	key := secret.NewKey()
	towns := city.NewDirectory(d, key)
	registry := city.New(d, key)
	plan, err := registry.Plan(t.Context(), city.ExampleName, city.Example())
	dk.must(err)
	_, err = registry.Apply(t.Context(), plan, audit.System)
	dk.must(err)
	dk.must(towns.Refresh(t.Context()))
	dk.Service, err = access.New(access.Deps{
		DB: d, Towns: towns, Key: key, Hashing: access.Hashing{MemoryKiB: 8, Passes: 1},
		Address: func(_ *city.City, path string) string { return "https://pay.sampletown.example" + path },
	})
	dk.must(err)
	return dk
}

func (dk *desk) must(err error) {
	dk.Helper()
	if err != nil {
		dk.Fatal(err)
	}
}

// want checks which refusal something got.
func (dk *desk) want(err, refusal error) {
	dk.Helper()
	if !errors.Is(err, refusal) {
		dk.Errorf("got %v, want %v", err, refusal)
	}
}

// mail is what waits in the outbox, the newest last.
type mail struct {
	kind, to string
	content  string
}

func (dk *desk) outbox() (all []mail) {
	dk.Helper()
	dk.must(dk.d.Read(dk.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `select kind, recipient, content from outbox_messages where city_id = $1 order by id`, tx.City())
		if err != nil {
			return err
		}
		all = nil
		return rows.Each(func(scan func(...any) error) error {
			var m mail
			err := scan(&m.kind, &m.to, &m.content)
			all = append(all, m)
			return err
		})
	}))
	return all
}

// told lists what was told to an address.
func (dk *desk) told(to string) (all []string) {
	dk.Helper()
	for _, m := range dk.outbox() {
		var news notify.LoginNews
		if m.kind == "login_news" && m.to == to {
			dk.must(json.Unmarshal([]byte(m.content), &news))
			all = append(all, news.What)
		}
	}
	return all
}

// code reads the newest code that was mailed to an address.
func (dk *desk) code(to string) string {
	dk.Helper()
	found := ""
	for _, m := range dk.outbox() {
		var c notify.LoginCode
		if m.kind == "login_code" && m.to == to {
			dk.must(json.Unmarshal([]byte(m.content), &c))
			found = c.Code
		}
	}
	if found == "" {
		dk.Fatalf("no code was mailed to %s", to)
	}
	return found
}

var visitor = access.Visitor{Agent: "a browser", Language: locale.English}

func secretOf(text string) secret.String { return secret.New(text) }

func applicant(email string) access.Applicant {
	return access.Applicant{Email: email, Password: secret.New(longWords), Language: locale.English}
}

// join makes a login and signs it in.
func (dk *desk) join(email string) access.Session {
	dk.Helper()
	asked, err := dk.Apply(dk.Context(), town, applicant(email))
	dk.must(err)
	session, err := dk.Join(dk.Context(), town, access.Typed{ID: asked, Text: dk.code(email)}, visitor)
	dk.must(err)
	return session
}

func (dk *desk) enter(password string) (access.Session, error) {
	dk.Helper()
	return dk.Enter(dk.Context(), town, " Ana@Example.com", secret.New(password), visitor)
}

// live checks whether a session is one.
func (dk *desk) live(s access.Session, want bool) {
	dk.Helper()
	_, err := dk.Find(dk.Context(), town, s.ID)
	if got := err == nil; got != want || err != nil && !errors.Is(err, access.ErrNoSession) {
		dk.Errorf("the session is live: %v, want %v (%v)", got, want, err)
	}
}

func TestALoginIsMadeByWhoReadsItsMail(t *testing.T) {
	each(t, func(dk *desk) {
		asked, err := dk.Apply(dk.Context(), town, applicant(ana))
		dk.must(err)
		_, err = dk.enter(longWords)
		dk.want(err, access.ErrNoMatch) // not before the code
		code := dk.code(ana)
		_, err = dk.Join(dk.Context(), town, access.Typed{ID: asked, Text: "1" + code}, visitor)
		dk.want(err, access.ErrCodeWrong)
		_, err = dk.EnterByCode(dk.Context(), town, access.Typed{ID: asked, Text: code}, visitor)
		dk.want(err, access.ErrCodeOver) // it is for something else
		_, err = dk.Join(dk.Context(), "othertown", access.Typed{ID: asked, Text: code}, visitor)
		dk.want(err, access.ErrCodeOver)
		first, err := dk.Join(dk.Context(), town, access.Typed{ID: asked, Text: code}, visitor)
		dk.must(err)
		_, err = dk.Join(dk.Context(), town, access.Typed{ID: asked, Text: code}, visitor)
		dk.want(err, access.ErrCodeOver)
		second, err := dk.enter(longWords)
		dk.must(err)
		if first.Login.ID != second.Login.ID || second.Login.Email != ana || second.Agent != "a browser" {
			t.Errorf("signed in as %+v, then as %+v", first, second)
		}
		_, err = dk.Find(dk.Context(), "othertown", second.ID)
		dk.want(err, access.ErrNoSession)
	})
}

// Whoever asks learns nothing of whether an address has a login; its owner learns
// that somebody asked.
func TestAnAddressThatHasALoginGetsTheSameAnswers(t *testing.T) {
	each(t, func(dk *desk) {
		dk.join(ana)
		asked, err := dk.Apply(dk.Context(), town, applicant(ana))
		dk.must(err)
		if got := dk.told(ana); !slices.Equal(got, []string{"exists"}) {
			t.Errorf("the owner was told %q", got)
		}
		if n := len(dk.outbox()); n != 2 { // the code of the first time, and that
			t.Errorf("%d messages left", n)
		}
		for _, purpose := range []access.Purpose{access.SignIn, access.Recover} {
			_, err := dk.AskCode(dk.Context(), town, purpose, "nobody@example.com", locale.English)
			dk.must(err)
		}
		for range 4 {
			_, err = dk.Join(dk.Context(), town, access.Typed{ID: asked, Text: "12345678"}, visitor)
			dk.want(err, access.ErrCodeWrong)
		}
		_, err = dk.Join(dk.Context(), town, access.Typed{ID: asked, Text: "12345678"}, visitor)
		dk.want(err, access.ErrCodeOver)
		for _, m := range dk.outbox() {
			if m.to == "nobody@example.com" {
				t.Errorf("mail left for nobody: %+v", m)
			}
		}
		for _, email := range []string{ana, "nobody@example.com"} {
			for range 9 {
				_, err = dk.Enter(dk.Context(), town, email, secret.New("not the password"), visitor)
				dk.want(err, access.ErrNoMatch)
			}
			for range 3 {
				_, err = dk.Enter(dk.Context(), town, email, secret.New("not the password"), visitor)
				dk.want(err, access.ErrLocked)
			}
		}
	})
}

// PCI DSS 4.0.1, 8.3.4: ten failures, thirty minutes, or who they are is proved.
func TestTenWrongPasswordsLock(t *testing.T) {
	each(t, func(dk *desk) {
		dk.join(ana)
		fail := func(times int) {
			for range times {
				_, err := dk.enter("not the password")
				dk.want(errors.Join(err, access.ErrNoMatch), access.ErrNoMatch)
			}
		}
		fail(9)
		_, err := dk.enter(longWords)
		dk.must(err) // the tenth may be right, and counting begins anew
		fail(10)
		_, err = dk.enter(longWords)
		dk.want(err, access.ErrLocked)
		if got := dk.told(ana); !slices.Equal(got, []string{"locked"}) {
			t.Errorf("the owner was told %q", got)
		}
		dk.clk.Advance(30*time.Minute - time.Second)
		_, err = dk.enter(longWords)
		dk.want(err, access.ErrLocked)
		dk.clk.Advance(time.Second)
		_, err = dk.enter(longWords)
		dk.must(err)
		fail(10)
		asked, err := dk.AskCode(dk.Context(), town, access.SignIn, ana, locale.English)
		dk.must(err)
		_, err = dk.EnterByCode(dk.Context(), town, access.Typed{ID: asked, Text: dk.code(ana)}, visitor)
		dk.must(err)
		_, err = dk.enter(longWords)
		dk.must(err)
	})
}

// A hundred at the same instant are ten.
func TestGuessesAtTheSameTimeAreCounted(t *testing.T) {
	each(t, func(dk *desk) {
		dk.join(ana)
		var guesses sync.WaitGroup
		var mu sync.Mutex
		compared := 0
		for range 40 {
			guesses.Go(func() {
				_, err := dk.enter("not the password")
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, access.ErrNoMatch) {
					compared++
				}
			})
		}
		guesses.Wait()
		if compared != 9 { // the tenth is told that it was the last
			t.Errorf("%d guesses were compared and refused", compared)
		}
		asked, err := dk.AskCode(dk.Context(), town, access.SignIn, ana, locale.English)
		dk.must(err)
		wrong := 0
		for range 40 {
			guesses.Go(func() {
				_, err := dk.EnterByCode(dk.Context(), town, access.Typed{ID: asked, Text: "0"}, visitor)
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, access.ErrCodeWrong) {
					wrong++
				}
			})
		}
		guesses.Wait()
		if wrong != 4 {
			t.Errorf("%d codes were compared and refused", wrong)
		}
	})
}

func TestCodesAreGoodForMinutesAndNotSentWithoutEnd(t *testing.T) {
	each(t, func(dk *desk) {
		dk.join(ana)
		asked, err := dk.AskCode(dk.Context(), town, access.SignIn, ana, locale.English)
		dk.must(err)
		code := dk.code(ana)
		dk.clk.Advance(15 * time.Minute)
		_, err = dk.EnterByCode(dk.Context(), town, access.Typed{ID: asked, Text: code}, visitor)
		dk.want(err, access.ErrCodeOver)
		for range 9 {
			_, err := dk.AskCode(dk.Context(), town, access.SignIn, ana, locale.English)
			dk.must(err)
		}
		if n := len(dk.outbox()); n != 5 { // with the two before
			t.Errorf("%d codes were mailed in an hour", n)
		}
		_, err = dk.AskCode(dk.Context(), town, access.Prove, ana, locale.English)
		if err == nil {
			t.Error("a proof was asked for by somebody who is not signed in")
		}
	})
}

func TestRecoveryEndsSessionsAndTells(t *testing.T) {
	each(t, func(dk *desk) {
		before := dk.join(ana)
		asked, err := dk.AskCode(dk.Context(), town, access.Recover, ana, locale.English)
		dk.must(err)
		_, err = dk.EnterByCode(dk.Context(), town, access.Typed{ID: asked, Text: dk.code(ana)}, visitor)
		dk.want(err, access.ErrCodeOver) // it is for a new password, and nothing else
		reset := func() (access.Session, error) {
			return dk.Reset(dk.Context(), town, asked, secret.New(others), visitor)
		}
		_, err = reset()
		dk.want(err, access.ErrCodeOver) // its code was not typed
		dk.must(dk.MayReset(dk.Context(), town, access.Typed{ID: asked, Text: dk.code(ana)}))
		_, err = dk.Reset(dk.Context(), town, asked, secret.New("short"), visitor)
		dk.want(err, access.ErrPasswordShort)
		after, err := reset()
		dk.must(err)
		_, err = reset()
		dk.want(err, access.ErrCodeOver)
		dk.live(before, false)
		dk.live(after, true)
		_, err = dk.enter(longWords)
		dk.want(err, access.ErrNoMatch)
		if got := dk.told(ana); !slices.Equal(got, []string{"password"}) {
			t.Errorf("the owner was told %q", got)
		}
	})
}

// What was asked for before a password changed is good for nothing after.
func TestANewPasswordVoidsCodes(t *testing.T) {
	each(t, func(dk *desk) {
		session := dk.join(ana)
		thiefs, err := dk.AskCode(dk.Context(), town, access.Recover, ana, locale.English)
		dk.must(err)
		dk.must(dk.MayReset(dk.Context(), town, access.Typed{ID: thiefs, Text: dk.code(ana)}))
		dk.must(dk.ChangePassword(dk.Context(), session, secret.New(others)))
		_, err = dk.Reset(dk.Context(), town, thiefs, secret.New("words of a thief"), visitor)
		dk.want(err, access.ErrCodeOver)
	})
}

func TestChangesNeedAFreshProof(t *testing.T) {
	each(t, func(dk *desk) {
		session, other := dk.join(ana), access.Session{}
		var err error
		other, err = dk.enter(longWords)
		dk.must(err)
		dk.clk.Advance(10 * time.Minute)
		dk.want(dk.ChangePassword(dk.Context(), session, secret.New(others)), access.ErrProofNeeded)
		dk.want(dk.Delete(dk.Context(), session), access.ErrProofNeeded)
		_, err = dk.AskNewEmail(dk.Context(), session, "ana@example.org")
		dk.want(err, access.ErrProofNeeded)
		dk.want(dk.ProveByPassword(dk.Context(), session, secret.New("not the password")), access.ErrNoMatch)
		dk.must(dk.ProveByPassword(dk.Context(), session, secret.New(longWords)))
		dk.must(dk.ChangePassword(dk.Context(), session, secret.New(others)))
		dk.live(session, true)
		dk.live(other, false)
		dk.clk.Advance(10 * time.Minute)
		asked, err := dk.AskProof(dk.Context(), session)
		dk.must(err)
		dk.must(dk.ProveByCode(dk.Context(), session, access.Typed{ID: asked, Text: dk.code(ana)}))
		dk.must(dk.ChangePassword(dk.Context(), session, secret.New(longWords)))
	})
}

func TestAnAddressChangesWhenItsMailIsRead(t *testing.T) {
	each(t, func(dk *desk) {
		session := dk.join(ana)
		dk.join("bo@example.com")
		taken, err := dk.AskNewEmail(dk.Context(), session, "Bo@example.com")
		dk.must(err)
		dk.want(dk.ChangeEmail(dk.Context(), session, access.Typed{ID: taken, Text: dk.code("bo@example.com")}), access.ErrCodeWrong)
		asked, err := dk.AskNewEmail(dk.Context(), session, "ana@example.org")
		dk.must(err)
		old, err := dk.AskCode(dk.Context(), town, access.SignIn, ana, locale.English)
		dk.must(err)
		dk.must(dk.ChangeEmail(dk.Context(), session, access.Typed{ID: asked, Text: dk.code("ana@example.org")}))
		_, err = dk.EnterByCode(dk.Context(), town, access.Typed{ID: old, Text: dk.code(ana)}, visitor)
		dk.want(err, access.ErrCodeOver) // the old address opens nothing any more
		if got := dk.told(ana); !slices.Equal(got, []string{"address"}) {
			t.Errorf("the old address was told %q", got)
		}
		_, err = dk.Enter(dk.Context(), town, "ana@example.org", secret.New(longWords), visitor)
		dk.must(err)
		_, err = dk.enter(longWords)
		dk.want(err, access.ErrNoMatch)
	})
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	each(t, func(dk *desk) {
		first := dk.join(ana)
		strangers := dk.join("bo@example.com")
		second, err := dk.enter(longWords)
		dk.must(err)
		third, err := dk.enter(longWords)
		dk.must(err)
		listed := func() int {
			dk.Helper()
			all, err := dk.Sessions(dk.Context(), first)
			dk.must(err)
			return len(all)
		}
		if n := listed(); n != 3 {
			t.Errorf("%d sessions", n)
		}
		dk.must(dk.End(dk.Context(), strangers, second.ID)) // not theirs to end
		dk.live(second, true)
		dk.must(dk.End(dk.Context(), first, second.ID))
		dk.live(second, false)
		dk.want(dk.End(dk.Context(), second, third.ID), access.ErrNoSession)
		dk.must(dk.EndOthers(dk.Context(), first))
		dk.live(third, false)
		dk.live(first, true)
		dk.clk.Advance(29 * time.Minute)
		dk.live(first, true) // and it is used
		dk.clk.Advance(29 * time.Minute)
		dk.live(first, true)
		dk.clk.Advance(30 * time.Minute)
		dk.live(first, false)
		if n := listed(); n != 0 {
			t.Errorf("%d idle sessions are listed", n)
		}
	})
}

func TestSessionsEndAfterFourHoursHoweverBusy(t *testing.T) {
	each(t, func(dk *desk) {
		session := dk.join(ana)
		for range 11 {
			dk.clk.Advance(20 * time.Minute)
			dk.live(session, true)
		}
		dk.clk.Advance(20 * time.Minute)
		dk.live(session, false)
	})
}

func TestALoginIsGivenUp(t *testing.T) {
	each(t, func(dk *desk) {
		session := dk.join(ana)
		dk.must(dk.Delete(dk.Context(), session))
		dk.live(session, false)
		_, err := dk.enter(longWords)
		dk.want(err, access.ErrNoMatch)
		if got := dk.told(ana); !slices.Equal(got, []string{"deleted"}) {
			t.Errorf("the owner was told %q", got)
		}
		dk.must(dk.d.Write(dk.Context(), town, func(ctx context.Context, tx *db.Tx) error {
			_, err := retain.HoldTx(ctx, tx, "a matter", "a reason", "operator:ada")
			return err
		}))
		if over, held, err := dk.Over(dk.Context()); err != nil || over != 0 || held != 1 {
			t.Errorf("over %d, held %d, %v", over, held, err)
		}
		dk.clk.Advance(31 * 24 * time.Hour)
		if n, err := dk.Sweep(dk.Context()); err != nil || n != 0 {
			t.Errorf("under a hold %d rows are swept, %v", n, err)
		}
		dk.must(dk.d.Write(dk.Context(), town, func(_ context.Context, tx *db.Tx) error {
			return retain.EndTx(tx, "a matter", "it is settled", "operator:ada")
		}))
		if n, err := dk.Sweep(dk.Context()); err != nil || n != 4 { // login, session, code, lock
			t.Errorf("%d rows are swept, %v", n, err)
		}
		again := dk.join(ana) // and may begin anew
		if again.Login.ID == session.Login.ID {
			t.Error("the old login is back")
		}
	})
}

// What is stored opens nothing: no password, and no code but in the mail.
func TestNothingStoredOpensALogin(t *testing.T) {
	each(t, func(dk *desk) {
		asked, err := dk.Apply(dk.Context(), town, applicant(ana))
		dk.must(err)
		digits := strings.ReplaceAll(dk.code(ana), " ", "")
		dk.must(dk.d.Read(dk.Context(), id.Everyone, func(ctx context.Context, tx *db.Tx) error {
			var hash, pass []byte
			err := tx.QueryRow(ctx, `select code_hash, password_hash from login_codes where id = $1`, asked).Scan(&hash, &pass)
			if strings.Contains(string(hash), digits) || strings.Contains(string(pass), longWords) || !strings.HasPrefix(string(pass), "$argon2id$v=19$m=8,t=1,p=1$") {
				t.Errorf("stored: %q, %q", hash, pass)
			}
			return err
		}))
	})
}

func TestCardsAreNoPasswordsAndNoBrowsers(t *testing.T) {
	each(t, func(dk *desk) {
		a := applicant(ana)
		a.Password = secret.New("4111-1111 1111x1111")
		_, err := dk.Apply(dk.Context(), town, a)
		dk.want(err, cardscan.ErrCard)
		dk.join(ana)
		session, err := dk.Enter(dk.Context(), town, ana, secret.New(longWords), access.Visitor{Agent: "4111111111111111\n" + strings.Repeat("é", 500)})
		dk.must(err)
		if len([]rune(session.Agent)) > 120 || strings.ContainsAny(session.Agent, "4\n") {
			t.Errorf("the browser is %q", session.Agent)
		}
	})
}

// Who ends all visits of a town signs everybody out.
func TestEndingAllVisitsSignsEverybodyOut(t *testing.T) {
	each(t, func(dk *desk) {
		session := dk.join(ana)
		dk.must(dk.d.Write(dk.Context(), town, func(ctx context.Context, tx *db.Tx) error {
			_, err := access.EndAllTx(ctx, tx)
			return err
		}))
		dk.live(session, false)
	})
}
