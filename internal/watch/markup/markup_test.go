package markup

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/watch/manifest"
)

func facts(t *testing.T, page string) []manifest.Fact {
	t.Helper()
	at, err := url.Parse("https://pay.example/town/pay/quo_01jz3k5v7q8w9x0y1z2a")
	if err != nil {
		t.Fatal(err)
	}
	all, err := Read([]byte(page), at)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever can run, load, ask or lead away is a fact.
func TestReadFindsWhatCanHarm(t *testing.T) {
	for page, want := range map[string]manifest.Fact{
		`<script src="/assets/pay.js" integrity="sha384-x"></script>`:                      {Subject: manifest.Script, Name: "/assets/pay.js", Value: "sha384-x"},
		`<script src="https://pay.example/assets/pay.js">`:                                 {Subject: manifest.Script, Name: "/assets/pay.js"},
		`<script src="//evil.example/x.js">`:                                               {Subject: manifest.Script, Name: "https://evil.example/x.js"},
		`<script>1</script>`:                                                               {Subject: manifest.InlineScript, Name: digest("1"), Value: "1"},
		`<template><script>1</script></template>`:                                          {Subject: manifest.InlineScript, Name: digest("1"), Value: "1"},
		`<svg><script href="x">1</script></svg>`:                                           {Subject: manifest.InlineScript, Name: digest("1"), Value: "1"},
		`<button OnClick="steal()">`:                                                       {Subject: manifest.Handler, Name: "button onclick", Value: "steal()"},
		`<a href=" java` + "\n" + `script:steal()">x</a>`:                                  {Subject: manifest.Handler, Name: "a href", Value: "java script:steal()"},
		`<iframe src="https://cards.example/f?session=quo_01jz3k5v7q8w9x0y1z2a"></iframe>`: {Subject: manifest.Frame, Name: "https://cards.example/f?session={quo}", Value: "allow="},
		`<iframe srcdoc="x"></iframe>`:                                                     {Subject: manifest.Frame, Name: "srcdoc " + digest("x")},
		`<object data="/x"></object>`:                                                      {Subject: manifest.Frame, Name: "/x", Value: "allow="},
		`<form method="post" action="/town/pay/quo_01jz3k5v7q8w9x0y1z2a"></form>`:          {Subject: manifest.Form, Name: "post /town/pay/{quo}"},
		`<button formaction="https://evil.example/">`:                                      {Subject: manifest.Form, Name: "get https://evil.example/"},
		`<input name="email" type="email" autocomplete="email">`:                           {Subject: manifest.Input, Name: "email email", Value: "email"},
		`<input name="x" autocomplete="cc-number">`:                                        {Subject: manifest.CardField, Name: "text x", Value: "cc-number"},
		`<input name="card_number">`:                                                       {Subject: manifest.CardField, Name: "text card_number"},
		`<div contenteditable aria-label="Número de tarjeta">`:                             {Subject: manifest.CardField, Name: "editable div"},
		`<link rel="preconnect" href="https://evil.example">`:                              {Subject: manifest.Hint, Name: "preconnect https://evil.example"},
		`<link rel="dns-prefetch" href="//evil.example">`:                                  {Subject: manifest.Hint, Name: "dns-prefetch https://evil.example"},
		`<base href="https://evil.example/">`:                                              {Subject: manifest.Meta, Name: "base", Value: "https://evil.example/ "},
		`<meta http-equiv="refresh" content="0;url=x">`:                                    {Subject: manifest.Meta, Name: "refresh", Value: "0;url=x"},
		`<a href="tel:+15550100">`:                                                         {Subject: manifest.Link, Name: "tel:+15550100"},
		`<a href="https://evil.example/pay">`:                                              {Subject: manifest.Link, Name: "https://evil.example/pay"},
		`<img src="https://evil.example/?x">`:                                              {Subject: manifest.Picture, Name: "https://evil.example/?x"},
		`<style>a{}</style>`:                                                               {Subject: manifest.InlineStyle, Name: "style " + digest("a{}")},
		`<p style="opacity:0">`:                                                            {Subject: manifest.InlineStyle, Name: "p " + digest("opacity:0")},
	} {
		found := false
		for _, fact := range facts(t, page) {
			found = found || fact == want
		}
		if !found {
			t.Errorf("%s:\nwant %+v\n got %+v", page, want, facts(t, page))
		}
	}
}

// What our own script does, and what the page's own words are, is no fact.
func TestReadLeavesOutWhatIsOurs(t *testing.T) {
	page := `<p>Card number</p><a href="/town/">x</a><svg><use href="#lock"/></svg><iframe src="/f" style="height: 320px;"></iframe>`
	want := []manifest.Fact{{Subject: manifest.Frame, Name: "/f", Value: "allow="}}
	if diff := cmp.Diff(want, facts(t, page)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]manifest.Fact{{Subject: manifest.Input, Name: "hidden card_token"}}, facts(t, `<input type="hidden" name="card_token">`)); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersAreFactsButForTheRoad(t *testing.T) {
	header := http.Header{
		"Date": {"today"}, "X-Frame-Options": {"DENY"}, "link": {"<https://evil.example>; rel=preconnect"}, "X-Proxy": {"a"},
		"Set-Cookie": {"visit=secret; Path=/; HttpOnly; SameSite=Lax; Expires=Wed, 09 Jun 2027 10:18:14 GMT"},
	}
	want := []manifest.Fact{
		{Subject: manifest.Cookie, Name: "visit", Value: "httponly lax path=/"},
		{Subject: manifest.Header, Name: "Link", Value: "<https://evil.example>; rel=preconnect"},
		{Subject: manifest.Header, Name: "X-Frame-Options", Value: "DENY"},
	}
	if diff := cmp.Diff(want, Headers(header, []string{"x-proxy"})); diff != "" {
		t.Error(diff)
	}
}

// A Cyrillic letter in a host must not pass for ours when somebody reads an alarm.
func TestAHostThatLooksLikeOursIsWrittenOut(t *testing.T) {
	at, err := url.Parse("https://pay.example/town/")
	if err != nil {
		t.Fatal(err)
	}
	facts, err := Read([]byte("<script src=\"https://p\u0430y.example:444/skim.js\"></script><script src=\"https://pay.example/ours.js\"></script>"), at)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range facts {
		if f.Subject == manifest.Script {
			names = append(names, f.Name)
		}
	}
	if !slices.Contains(names, "https://xn--py-7kc.example:444/skim.js") || !slices.Contains(names, "/ours.js") {
		t.Errorf("%q", names)
	}
}
