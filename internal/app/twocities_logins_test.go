package app

import (
	"context"
	"encoding/json"
	"strings"

	"clearwell/internal/access"
	"clearwell/internal/db"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/secret"
)

// password is that of the resident in both cities.
const password = "four wet words here"

func (c *cities) newcomer() access.Applicant {
	return access.Applicant{Email: shared, Password: secret.New(password), Language: locale.English}
}

func browserOf(p *place) access.Visitor {
	return access.Visitor{Agent: "a browser in " + string(p.slug), Language: locale.English}
}

// joining makes a login of the resident, and leaves a code that was not typed.
func (c *cities) joining(p *place) {
	c.Helper()
	asked, err := c.logins.Apply(c.Context(), p.slug, c.newcomer())
	c.must(err)
	p.signedIn, err = c.logins.Join(c.Context(), p.slug, c.codeFor(p, asked), browserOf(p))
	c.must(err)
	c.must(c.logins.Link(c.Context(), p.signedIn, numbered(1), "a house in "+string(p.slug)))
	links, err := c.logins.Links(c.Context(), p.signedIn)
	c.must(err)
	p.named["link"] = []string{links.Mine[0].ID.String()}
	c.must(c.logins.Invite(c.Context(), p.signedIn, access.Gift{Link: links.Mine[0].ID, Email: "bo@example.com", Role: access.Seer}))
	p.asked = map[access.Purpose]access.Typed{}
	for _, purpose := range []access.Purpose{access.SignIn, access.Recover} {
		asked, err := c.logins.AskCode(c.Context(), p.slug, purpose, shared, locale.English)
		c.must(err)
		p.asked[purpose] = c.codeFor(p, asked)
	}
	asked, err = c.logins.Apply(c.Context(), p.slug, access.Applicant{Email: "bo@example.com", Password: secret.New(password), Language: locale.English})
	c.must(err)
	p.asked[access.SignUp] = c.codeFor(p, asked)
}

// codeFor is the code that was mailed.
func (c *cities) codeFor(p *place, asked access.CodeID) access.Typed {
	c.Helper()
	var content string
	c.must(c.db.Read(c.Context(), p.slug, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select content from outbox_messages where city_id = $1 and key = $2`, tx.City(), "login code "+asked.String()).Scan(&content)
	}))
	var mailed notify.LoginCode
	c.must(json.Unmarshal([]byte(content), &mailed))
	return access.Typed{ID: asked, Text: mailed.Code}
}

// leaving has the resident give a login up.
func (c *cities) leaving(p *place) {
	c.Helper()
	session, err := c.logins.Enter(c.Context(), p.slug, shared, secret.New(password), browserOf(p))
	c.must(err)
	c.must(c.logins.Delete(c.Context(), session))
}

// aboutLogins asks one city with the sessions and the codes of the other.
func aboutLogins() map[string]func(asking) (any, error) {
	agent := func(a asking) access.Visitor { return browserOf(a.here) }
	mine := func(a asking, s access.Session, err error) (any, error) {
		if err == nil && s.Login.ID == a.other.signedIn.Login.ID {
			a.c.Errorf("who signs in to %s is the login of %s", a.here.slug, a.other.slug)
		}
		return s.Agent, err
	}
	return map[string]func(asking) (any, error){
		"access.Service.Find": func(a asking) (any, error) { return a.c.logins.Find(a.ctx, a.here.slug, a.other.signedIn.ID) },
		"access.Service.Apply": func(a asking) (any, error) {
			_, err := a.c.logins.Apply(a.ctx, a.here.slug, a.c.newcomer())
			return nil, err
		},
		"access.Service.AskCode": func(a asking) (any, error) {
			_, err := a.c.logins.AskCode(a.ctx, a.here.slug, access.SignIn, shared, locale.English)
			return nil, err
		},
		"access.Service.Join": func(a asking) (any, error) {
			return a.c.logins.Join(a.ctx, a.here.slug, a.other.asked[access.SignUp], agent(a))
		},
		"access.Service.EnterByCode": func(a asking) (any, error) {
			return a.c.logins.EnterByCode(a.ctx, a.here.slug, a.other.asked[access.SignIn], agent(a))
		},
		"access.Service.EnterByPasskey": func(a asking) (any, error) {
			asked, err := a.c.logins.AskPasskey("http://" + a.here.host)
			a.c.must(err)
			return a.c.logins.EnterByPasskey(a.ctx, a.here.slug, "http://"+a.here.host, asked.State, "{}", agent(a))
		},
		"access.Service.MayReset": func(a asking) (any, error) {
			return nil, a.c.logins.MayReset(a.ctx, a.here.slug, a.other.asked[access.Recover])
		},
		"access.Service.Reset": func(a asking) (any, error) {
			return a.c.logins.Reset(a.ctx, a.here.slug, a.other.asked[access.Recover].ID, secret.New(strings.ToUpper(password)), agent(a))
		},
		"access.Service.Enter": func(a asking) (any, error) {
			s, err := a.c.logins.Enter(a.ctx, a.here.slug, shared, secret.New(password), agent(a))
			return mine(a, s, err)
		},
	}
}
