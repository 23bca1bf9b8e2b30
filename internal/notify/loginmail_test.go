package notify

import (
	"errors"
	"testing"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

func loginNews(what string) LoginNews {
	return LoginNews{
		Town: "City of Sampletown", What: what, At: time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC), Zone: "America/Chicago",
		Address: "https://pay.sampletown.example/my", Phone: "555-0100",
	}
}

func TestMailAboutLoginsInWords(t *testing.T) {
	for _, lang := range locale.Languages {
		p := catalogue(t).Printer(lang)
		write := func(name string, c Content) {
			words, err := c.letter(p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := words.html(); err != nil {
				t.Fatal(err)
			}
			golden(t, name+"."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
		}
		for _, purpose := range []string{"sign_up", "sign_in", "recover", "prove", "new_email"} {
			write("login-code-"+purpose, LoginCode{Town: "City of Sampletown", Purpose: purpose, Code: "1234 5678", Minutes: 15, Phone: "555-0100", Practice: purpose == "prove"})
		}
		for _, what := range []string{"exists", "locked", "password", "address", "deleted", "linked", "invited", "accepted", "handed", "unshared", "passkey", "no_passkey"} {
			write("login-news-"+what, loginNews(what))
		}
	}
}

func TestMailAboutLoginsHoldsNoCard(t *testing.T) {
	news := loginNews("locked")
	news.About = "4111 1111 1111 1111"
	for _, c := range []Content{LoginCode{Code: "4111 1111 1111 1111"}, news} {
		if err := c.check(); !errors.Is(err, cardscan.ErrCard) {
			t.Errorf("%T: %v", c, err)
		}
	}
	news = loginNews("locked")
	news.Zone = "America/Nowhere"
	if news.check() == nil {
		t.Error("news without a time is taken")
	}
}

// What is queued is what is read again.
func TestMailAboutLoginsIsReadAgain(t *testing.T) {
	for _, q := range []queued{{kind: kindLoginCode, content: `{"Code":"1"}`}, {kind: kindLoginNews, content: `{"What":"locked"}`}} {
		c, err := decode(q)
		if err != nil || c.kind() != q.kind {
			t.Errorf("%s: %v, %v", q.kind, c, err)
		}
	}
}
