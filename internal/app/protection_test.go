package app

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/settings"
)

// approved has two people, who have not been named before, approve a city file.
func approved(t *testing.T, w *works, text string) (city.Plan, city.Warrant) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var keys []audit.Key
	var public []string
	for _, name := range []string{"ada", "bo"} {
		key, _, err := audit.NewKey(name)
		must(err)
		keys, public = append(keys, key), append(public, key.Verifier())
	}
	people, err := approval.MakePeople(public)
	must(err)
	plan, err := w.registry.Plan(t.Context(), "town.yaml", []byte(text))
	must(err)
	desk := approval.New(w.db, people)
	request, err := desk.Write(approval.Draft{City: plan.File.City, Action: city.ApplyAction, Content: plan.Words(), By: "ada"})
	must(err)
	signed := request.Text()
	for _, key := range keys {
		signed, err = approval.Sign(signed, key.Signer())
		must(err)
	}
	_, err = desk.Take(t.Context(), plan.File.City, signed)
	must(err)
	return plan, city.Warrant{People: people, Request: request.ID}
}

// decideFile puts a city file in force as two people do, who have decided a day
// ago where money is to go elsewhere.
func decideFile(t *testing.T, w *works, text string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := w.clock.Now()
	w.clock.(*clock.Manual).Set(now.Add(-city.PayeeDelay))
	plan, warrant := approved(t, w, text)
	if len(plan.Payee) == 0 {
		w.clock.(*clock.Manual).Set(now)
		_, err := w.registry.ApplyApproved(t.Context(), plan, warrant, "operator:ana")
		must(err)
		must(w.towns.Refresh(t.Context()))
		return
	}
	told := city.Courier{
		Tell: func(*db.Tx, city.News) error { return nil },
		Told: func(context.Context, *db.Tx, city.Waiting) (bool, error) { return true, nil },
	}
	_, err := w.registry.Await(t.Context(), plan, warrant, told, "operator:ana")
	must(err)
	w.clock.(*clock.Manual).Set(now)
	ended, err := w.registry.Due(t.Context(), warrant.People, told)
	must(err)
	if len(ended) != 1 || ended[0].State != city.InForce {
		t.Fatalf("after a day: %+v", ended)
	}
	must(w.towns.Refresh(t.Context()))
}

// diverting has a city's money be about to go elsewhere, and gives the
// request, and whose it is.
func (c *cities) diverting(p *place) (approval.ID, approval.People) {
	c.Helper()
	text := strings.Replace(string(p.file()), "CITY OF ", "TOWN OF ", 1)
	plan, warrant := approved(c.T, c.works, text)
	_, err := c.registry.Await(c.Context(), plan, warrant, c.courier(), "operator:ana")
	c.must(err)
	return warrant.Request, warrant.People
}

// premises are an installation with two people who decide, by files and commands.
type premises struct {
	*testing.T
	folder, config, file string
}

func furnished(t *testing.T) *premises {
	folder := t.TempDir()
	i := &premises{t, folder, filepath.Join(folder, "clearwell.yaml"), filepath.Join(folder, "sampletown.yaml")}
	people := "people:\n"
	for _, name := range []string{"ada", "bo"} {
		made := run(t, "person", "new", "--out", i.in(name+".key"), name)
		people += made.out[strings.Index(made.out, "  - "):]
	}
	if _, err := demoKeys(i.in("keys")); err != nil {
		t.Fatal(err)
	}
	i.write(i.config, "database: sqlite:"+dbtest.SQLiteFile(t)+"\nlisten: 127.0.0.1:0\ncities: [sampletown.yaml]\nproxies: [10.0.0.0/8]\n"+people)
	i.write(i.file, string(city.Example()))
	return i
}

func (i *premises) in(name string) string { return filepath.Join(i.folder, name) }

func (i *premises) write(path, text string) {
	i.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		i.Fatal(err)
	}
}

func (i *premises) change(path, old, new string) {
	i.Helper()
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		i.Fatalf("%s has no %q: %v", path, old, err)
	}
	i.write(path, strings.Replace(string(text), old, new, 1))
}

// serve serves until it says that it does, and gives its log.
func (i *premises) serve() string {
	i.Helper()
	ctx, stop := context.WithCancel(i.Context())
	defer stop()
	came := make(chan string, 1)
	log := &awaited{form: regexp.MustCompile(`msg=serving portal=(\S+)`), came: came}
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, Process{Args: []string{"serve", "--config", i.config}, In: strings.NewReader(""), Out: log, Err: log})
	}()
	select {
	case <-came:
		stop()
		<-ended
	case status := <-ended:
		i.Fatalf("serve ended with %d: %s", status, &log.text)
	}
	return log.text.String()
}

// decide has a request signed by some, and gives its number.
func (i *premises) decide(text string, whose []string, names ...string) string {
	i.Helper()
	for _, name := range names {
		text = runWith(i.T, text, "approve", "--key", i.in(name+".key")).out
	}
	got := runWith(i.T, text, append([]string{"approval", "take", "--config", i.config}, whose...)...)
	number := regexp.MustCompile(`apr_\w+`).FindString(got.out)
	if number == "" {
		i.Fatalf("taking a request: %+v", got)
	}
	return number
}

func (i *premises) inForce() (protection settings.Version, town *city.City) {
	i.Helper()
	err := inTown(i.Context(), Process{Err: &awaited{form: regexp.MustCompile(`()never`)}}, i.config, "sampletown", func(w *works, of townOf) (err error) {
		town = of
		protection, err = w.settings.InForce(i.Context())
		return err
	})
	if err != nil {
		i.Fatal(err)
	}
	return protection, town
}

// Who edits the two files, and starts the program anew, takes no protection away:
// it goes on with what was in force, and says so. Two people do.
func TestProtectionIsTakenAwayByTwo(t *testing.T) {
	i := furnished(t)
	if log := i.serve(); strings.Contains(log, "alarm") {
		t.Fatalf("the first start: %s", log)
	}
	before, _ := i.inForce()
	i.change(i.config, "[10.0.0.0/8]", "[0.0.0.0/0]")
	i.change(i.config, "people:", "jail: \"off\"\npeople:")
	i.change(i.file, "declined_cards: 6", "declined_cards: 60")
	log := i.serve()
	for _, want := range []string{"alarm=settings_held setting=proxies", "alarm=settings_held setting=jail", "alarm=city_file_held city=sampletown"} {
		if !strings.Contains(log, want) {
			t.Errorf("nobody is told of %s: %s", want, log)
		}
	}
	held, town := i.inForce()
	if held.Number != before.Number || held.Proxies[0].Bits() != 8 || held.Confinement != "" || town.DeclinedCards != 6 {
		t.Errorf("in force are %+v and %d declined cards", held, town.DeclinedCards)
	}
	if got := run(t, "settings", "show", "--config", i.config); !strings.Contains(got.out, "0.0.0.0/0 is believed") || !strings.Contains(got.out, before.Digest) {
		t.Errorf("shown is %+v", got)
	}
	if got := run(t, "city", "apply", "--config", i.config, i.file); got.status == statusDone || !strings.Contains(got.out, "takes protection away: declined_cards") {
		t.Errorf("applied by one: %+v", got)
	}

	whole, one := []string{"--installation"}, []string{"--city", "sampletown"}
	request := i.decide(run(t, "settings", "apply", "--config", i.config, "--ask", "--as", "ada").out, whole, "ada")
	if got := run(t, "settings", "apply", "--config", i.config, "--request", request); got.status == statusDone {
		t.Errorf("taken with one signature: %+v", got)
	}
	text := run(t, "approval", "show", "--config", i.config, "--installation", request).out
	i.decide(text, whole, "bo")
	if got := run(t, "settings", "apply", "--config", i.config, "--request", request); got.status != statusDone {
		t.Errorf("taken with two: %+v", got)
	}
	request = i.decide(run(t, "city", "apply", "--config", i.config, "--ask", "--as", "bo", i.file).out, one, "bo", "ada")
	if got := run(t, "city", "apply", "--config", i.config, "--request", request, i.file); got.status != statusDone {
		t.Errorf("applied with two: %+v", got)
	}
	after, town := i.inForce()
	if after.Proxies[0].Bits() != 0 || after.Confinement != "off" || town.DeclinedCards != 60 {
		t.Errorf("in force are %+v and %d declined cards", after, town.DeclinedCards)
	}
	if log := i.serve(); strings.Contains(log, "_held") {
		t.Errorf("what was approved is held: %s", log)
	}
}

// Who may approve is who is in force: whoever edits the file names nobody.
func TestWhoEditsTheFileNamesNoApprover(t *testing.T) {
	i := furnished(t)
	i.serve()
	for _, name := range []string{"eve", "mallory"} {
		made := run(t, "person", "new", "--out", i.in(name+".key"), name)
		i.change(i.config, "people:\n", "people:\n"+made.out[strings.Index(made.out, "  - "):])
	}
	i.change(i.file, "declined_cards: 6", "declined_cards: 60")
	text := run(t, "city", "apply", "--config", i.config, "--ask", "--as", "eve", i.file).out
	for _, name := range []string{"eve", "mallory"} {
		text = runWith(t, text, "approve", "--key", i.in(name+".key")).out
	}
	if got := runWith(t, text, "approval", "take", "--config", i.config, "--city", "sampletown"); got.status == statusDone {
		t.Errorf("strangers ask and approve: %+v", got)
	}
	if log := i.serve(); strings.Count(log, "alarm=settings_held setting=people") != 2 {
		t.Errorf("nobody is told of those who named themselves: %s", log)
	}
}

// A configuration that is held keeps what is its machine's own.
func TestAHeldConfigurationKeepsItsPlaces(t *testing.T) {
	cfg := Config{
		Listen: "0.0.0.0:8080", Data: "elsewhere", Jail: jailOff, Sandbox: &Sandbox{Listen: "127.0.0.1:9", Origin: "https://evil.example"},
		Mail: Mail{SMTP: &SMTP{Host: "mail.example.net", Port: 25}, From: "a@example.com"},
	}
	inForce := settings.Protection{Confinement: "required", Sandbox: settings.OwnMachine, Mail: "mail.example.com:587", Copy: settings.Copy{To: "depot.example:8440", Key: "k"}}
	if err := cfg.hold(inForce); err != nil {
		t.Fatal(err)
	}
	if got := cfg.protection(""); got.Digest() != inForce.Digest() {
		t.Errorf("held is %+v, want %+v", got, inForce)
	}
	if cfg.Listen != "127.0.0.1:8080" || cfg.Data != "elsewhere" || cfg.Sandbox.Origin != "http://127.0.0.1:9" {
		t.Errorf("its places are %+v", cfg)
	}
	cfg.Origin = "https://pay.example.net"
	if err := cfg.hold(settings.Protection{Origin: settings.OwnMachine}); err != nil || cfg.Origin != "http://127.0.0.1:8080" {
		t.Errorf("another origin where it was this machine's: %s, %v", cfg.Origin, err)
	}
	cfg.Origin = "http://localhost:9"
	if err := cfg.hold(settings.Protection{Origin: settings.OwnMachine}); err != nil || cfg.Origin != "http://localhost:9" {
		t.Errorf("another port of this machine's: %s, %v", cfg.Origin, err)
	}
	if err := cfg.hold(settings.Protection{}); err != nil || cfg.Sandbox != nil {
		t.Errorf("a sandbox that was not there: %+v, %v", cfg.Sandbox, err)
	}
}

// Money is to go elsewhere: the officer hears of it at the address that is in
// force, residents pay as before for a day, and one person stops it.
func TestTheFinanceOfficerIsToldAndPaymentsGoOn(t *testing.T) {
	each(t, func(c *cities) {
		mails := func() string {
			t.Helper()
			_, err := c.outbox.Deliver(t.Context())
			c.must(err)
			var all strings.Builder
			found, err := filepath.Glob(filepath.Join(c.mail, "*.eml"))
			c.must(err)
			for _, name := range found {
				text, err := os.ReadFile(name)
				c.must(err)
				if strings.Contains(string(text), "Subject: Money of") {
					all.Write(text)
				}
			}
			return all.String()
		}
		merchant := func() string {
			t.Helper()
			c.must(c.payees(t.Context()))
			c.must(c.towns.Refresh(t.Context()))
			town, err := c.towns.ByID("eastwell")
			c.must(err)
			return town.Processor.Descriptor
		}
		before := merchant()
		request, people := c.diverting(c.east)
		c.approvals = approval.New(c.db, people)
		c.clk.Advance(city.PayeeDelay)
		if got := merchant(); got != before {
			t.Errorf("before the mail has left, money goes to %s", got)
		}
		told := mails()
		for _, want := range []string{"To: <utilities@", "processor.descriptor", "clearwell city stop --city eastwell"} {
			if !strings.Contains(told, want) {
				t.Errorf("the officer is not told %q: %s", want, told)
			}
		}
		_, err := c.registry.Stop(t.Context(), "eastwell", request, "nobody here knows of it", c.courier(), "operator:ana")
		c.must(err)
		if got := merchant(); got != before {
			t.Errorf("after it was stopped, money goes to %s", got)
		}
		if told := mails(); !strings.Contains(told, "goes where it went") || !strings.Contains(told, "nobody here knows of it") {
			t.Errorf("the officer is not told that it was stopped: %s", told)
		}

		_, people = c.diverting(c.east)
		c.approvals = approval.New(c.db, people)
		mails()
		c.clk.Advance(city.PayeeDelay - time.Second)
		if got := merchant(); got != before {
			t.Errorf("before the day is over, money goes to %s", got)
		}
		c.clk.Advance(time.Second)
		if got := merchant(); got == before || !strings.HasPrefix(got, "TOWN OF ") {
			t.Errorf("after a day, money goes to %s", got)
		}
		if !strings.Contains(c.said.String(), "alarm=payee_changed") {
			t.Errorf("the log does not say it")
		}
	})
}
