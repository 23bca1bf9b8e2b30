package access_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"clearwell/internal/access"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

const town id.City = "sampletown"

func contextFor(t *testing.T, city id.City) context.Context {
	return access.WithCity(t.Context(), city)
}

func storeOf(t *testing.T, d *db.DB) scs.CtxStore {
	t.Helper()
	store, ok := access.NewSessions(d, access.Config{}).Manager().Store.(scs.CtxStore)
	if !ok {
		t.Fatal("the store takes no context")
	}
	return store
}

func commit(t *testing.T, store scs.CtxStore, token, data string, expiry time.Time) {
	t.Helper()
	if err := store.CommitCtx(contextFor(t, town), token, []byte(data), expiry); err != nil {
		t.Fatal(err)
	}
}

// find gives "-" for a session that is not found.
func find(t *testing.T, store scs.CtxStore, city id.City, token string) string {
	t.Helper()
	data, found, err := store.FindCtx(contextFor(t, city), token)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		return "-"
	}
	return string(data)
}

func TestSessionsAreKeptPerCityUntilTheyAreOver(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		store := storeOf(t, d)
		end := dbtest.Began.Add(time.Minute)
		commit(t, store, "token", "one", end)
		commit(t, store, "token", "two", end)
		if got := find(t, store, town, "token"); got != "two" {
			t.Errorf("found %q", got)
		}
		if got := find(t, store, "othertown", "token"); got != "-" {
			t.Errorf("in another town: %q", got)
		}
		if got := find(t, store, town, "tokem"); got != "-" {
			t.Errorf("with another token: %q", got)
		}
		clk.Set(end)
		if got := find(t, store, town, "token"); got != "-" {
			t.Errorf("after its end: %q", got)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := storeOf(t, d)
		commit(t, store, "token", "one", dbtest.Began.Add(time.Hour))
		if err := store.DeleteCtx(contextFor(t, "othertown"), "token"); err != nil {
			t.Fatal(err)
		}
		if got := find(t, store, town, "token"); got != "one" {
			t.Error("another town ended it")
		}
		for range 2 { // what is ended may be ended
			if err := store.DeleteCtx(contextFor(t, town), "token"); err != nil {
				t.Fatal(err)
			}
		}
		if got := find(t, store, town, "token"); got != "-" {
			t.Errorf("after its end: %q", got)
		}
	})
}

func TestSessionsAreSwept(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		sessions := access.NewSessions(d, access.Config{})
		store := storeOf(t, d)
		commit(t, store, "a", "one", dbtest.Began.Add(time.Minute))
		commit(t, store, "b", "two", dbtest.Began.Add(time.Hour))
		clk.Advance(time.Minute)
		if swept, err := sessions.Sweep(t.Context()); err != nil || swept != 1 {
			t.Errorf("swept %d, %v", swept, err)
		}
		if got := find(t, store, town, "b"); got != "two" {
			t.Errorf("the other is %q", got)
		}
	})
}

// What stands in the table does not let anybody in.
func TestTokensAreNotStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := storeOf(t, d)
		commit(t, store, "secret-token", "one", dbtest.Began.Add(time.Hour))
		var stored []byte
		err := d.Read(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `select token_hash from sessions where city_id = $1`, town).Scan(&stored)
		})
		if err != nil || strings.Contains(string(stored), "secret") {
			t.Errorf("stored is %q, %v", stored, err)
		}
		if got := find(t, store, town, string(stored)); got != "-" {
			t.Error("the digest is as good as the token")
		}
	})
}

func TestNoCityNoSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := storeOf(t, d)
		_, _, found := store.FindCtx(t.Context(), "token")
		_, _, plain := store.Find("token")
		for _, err := range []error{
			found, plain,
			store.CommitCtx(t.Context(), "token", nil, dbtest.Began), store.Commit("token", nil, dbtest.Began),
			store.DeleteCtx(contextFor(t, ""), "token"), store.Delete("token"),
		} {
			if !errors.Is(err, access.ErrNoCity) {
				t.Errorf("error is %v", err)
			}
		}
	})
}

// A browser's visit through the real manager: it remembers, and its cookie is
// kept from scripts and from other sites.
func TestVisit(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		clk.Set(clock.System().Now()) // scs reckons with the machine's
		sessions := access.NewSessions(d, access.Config{Plain: true})
		manager := sessions.Manager()
		count := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			manager.Put(r.Context(), "seen", manager.GetString(r.Context(), "seen")+"x")
			io.WriteString(w, manager.GetString(r.Context(), "seen"))
		})
		inner := manager.LoadAndSave(count)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(w, r.WithContext(access.WithCity(r.Context(), town)))
		}))
		defer server.Close()
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Jar: jar}
		for _, want := range []string{"x", "xx", "xxx"} {
			response, err := client.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || string(body) != want {
				t.Fatalf("answer is %q, %v", body, err)
			}
			cookie := response.Cookies()[0]
			if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.MaxAge != 0 || cookie.Name != "session" {
				t.Errorf("cookie is %v", cookie)
			}
		}
	})
}

func TestCookiesOfServingTowns(t *testing.T) {
	cookie := access.NewSessions(nil, access.Config{}).Manager().Cookie
	if !cookie.Secure || cookie.Name != "__Host-session" || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie is %+v", cookie)
	}
}
