package app

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"clearwell/internal/bench"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/clock"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/watch/manifest"
)

func moneyOf(cents int64) money.Amount { return money.Cents(cents) }

// cityless lists the commands that know no city, or all of them: they read no
// database, or they are the operator's own.
func cityless() []string {
	return []string{
		"demo", "serve", "doctor", "init", "gallery", "bench", "version", "city check", "policy explain", "audit key",
		"manifest key", "manifest verify", "watch run", "watch heartbeat", "watch key", "approve", "person new", "retain run", "incident drill", "import fedach",
		"keys add", "keys rotate", "keys reseal", "settings show", "settings apply", "audit receive",
	}
}

// command is a command line for one city, run beside the other. What it prints
// and writes is searched.
type command struct {
	args   []string
	file   string // which it writes
	acts   bool   // and so changes its city
	status int
}

func (c *cities) commands(here, other *place) map[string]command {
	folder := c.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	on := c.paidOn(here).String()
	c.must(os.WriteFile(in("bills.csv"), []byte(strings.ReplaceAll(here.bills(), ",4,hundred", ",5,hundred")), 0o600))
	c.must(os.WriteFile(in(string(here.slug)+".yaml"), bytes.ReplaceAll(here.file(), []byte("quote_lifetime: 30"), []byte("quote_lifetime: 31")), 0o600))
	c.must(os.WriteFile(in("kept"), []byte(c.newest(here)), 0o600))
	slug := string(here.slug)
	c.must(os.WriteFile(in("notice.yaml"), []byte(noticeOf(here)), 0o600))
	c.must(os.WriteFile(in("codes"), []byte("MON-0001\nMON-0002\n"), 0o600))
	c.must(os.WriteFile(in("returned.csv"), []byte("letter,on,why\n"+c.letterOf(here)+",2026-01-20,no such number\n"), 0o600))
	c.must(os.WriteFile(in("payments.csv"), []byte("utility_account,on,tender,code,reference\n"+display(3)+",2026-01-20,check,NSF,slip of "+slug+"\n"), 0o600))
	stage := c.staged(in("signing.key"))
	return map[string]command{
		"manifest make":       {args: []string{"--config", stage, "--city", slug, "--key", in("signing.key"), "--out", in("manifest.txt")}, file: in("manifest.txt")},
		"import bills":        {args: []string{"--city", slug, "--layout", "clearwell", "--as-of", clock.System().Now().Format(time.RFC3339), "--rejects", in("rejects"), in("bills.csv")}, acts: true},
		"posting export":      {args: []string{"--city", slug, "--on", on, "--out", in("posting.csv")}, file: in("posting.csv"), acts: true},
		"posting list":        {args: []string{"--city", slug}},
		"posting acknowledge": {args: []string{"--city", slug, "--on", on, "--except", c.confirmed(here, "paid")}, acts: true},
		"posting settle":      {args: []string{"--city", slug, "--posted-at", clock.System().Now().Format(time.RFC3339), c.confirmed(here, "paid")}, acts: true},
		"day":                 {args: []string{"--city", slug, "--on", on}, status: statusFailed},
		"echeck files":        {args: []string{"--city", slug}},
		"echeck answers":      {args: []string{"--city", slug, "--all"}},
		"echeck rates":        {args: []string{"--city", slug}},
		"echeck take":         {args: []string{"--city", slug, in("kept")}, acts: true, status: statusFailed},
		"echeck acknowledge":  {args: []string{"--city", slug, "77"}, status: statusFailed},
		"returned add":        {args: []string{"--city", slug, "--utility-account", display(2), "--on", "2026-01-20", "--tender", "check", "--code", "NSF", "--reference", slug}, acts: true},
		"returned import":     {args: []string{"--city", slug, in("payments.csv")}, acts: true},
		"returned list":       {args: []string{"--city", slug}},
		"dispute list":        {args: []string{"--city", slug}},
		"dispute won":         {args: []string{"--city", slug, c.confirmed(here, "paid")}, acts: true},
		"dispute lost":        {args: []string{"--city", slug, c.confirmed(here, "paid again")}, acts: true},
		"surplus list":        {args: []string{"--city", slug}},
		"surplus refunded":    {args: []string{"--city", slug, string(besides(here))}, acts: true},
		"city apply":          {args: []string{in(slug + ".yaml")}, acts: true},
		"city show":           {args: []string{slug}},
		"city waiting":        {args: []string{"--city", slug}},
		"city stop":           {args: []string{"--city", slug, "--reason", "nobody in " + slug, c.divertedOf(here)}, acts: true},
		"policy replay":       {args: []string{"--city", slug, "--month", on[:7], in(slug + ".yaml")}},
		"incident open":       {args: []string{"--city", slug, "worst-" + slug, "capture", "web_frame"}, acts: true},
		"incident scope":      {args: []string{"--city", slug, "worst-" + slug, "capture", "web_frame", "and", "instrument", "card"}, acts: true},
		"incident preview":    {args: []string{"--city", slug, "worst-" + slug}},
		"incident freeze":     {args: []string{"--city", slug, "--yes", "worst-" + slug}, acts: true},
		"incident people":     {args: []string{"--city", slug, "--csv", in("people.csv"), "worst-" + slug}, file: in("people.csv"), acts: true},
		"incident diff":       {args: []string{"--city", slug, "worst-" + slug}},
		"incident told":       {args: []string{"--city", slug, "--yes", "--content", "letter-" + slug, "worst-" + slug}, acts: true},
		"incident fact":       {args: []string{"--city", slug, "--on", on, "--evidence", "a letter to " + slug, "worst-" + slug, "discovered"}, acts: true},
		"incident clocks":     {args: []string{"--city", slug, "worst-" + slug}},
		"incident done":       {args: []string{"--city", slug, "--yes", "--on", on, "--evidence", "form of " + slug, worstOf(here), "tx-individuals"}, acts: true},
		"incident undone":     {args: []string{"--city", slug, "--yes", "--reason", "of " + slug, worstOf(here), "tx-bureaus"}, acts: true},
		"incident verify":     {args: []string{"--city", slug, "worst-" + slug}},
		"incident list":       {args: []string{"--city", slug}},
		"incident hold":       {args: []string{"--city", slug, "--yes", "--reason", "a letter to " + slug, "worst-" + slug}, acts: true},
		"incident lift":       {args: []string{"--city", slug, "--request", here.lift.String(), "lifted-" + slug}, acts: true},
		"posting spared":      {args: []string{"--city", slug, "--out", in("spared.csv")}, file: in("spared.csv")},
		"retain list":         {args: []string{"--city", slug}},
		"approval list":       {args: []string{"--city", slug}},
		"approval show":       {args: []string{"--city", slug, here.wish.String()}},
		"approval take":       {args: []string{"--city", slug, c.wished(here, in("request.txt"))}, acts: true},
		"approval withdraw":   {args: []string{"--city", slug, here.wish.String()}, acts: true},
		"incident release":    {args: []string{"--city", slug, "--reason", "a letter to " + slug, "lifted-" + slug}},
		"incident codes":      {args: []string{"--city", slug, "--yes", "worst-" + slug, in("codes")}, acts: true},
		"incident mail":       {args: []string{"--city", slug, "--yes", "--notice", in("notice.yaml"), "--csv", in("letters.csv"), "worst-" + slug}, file: in("letters.csv"), acts: true},
		"incident print":      {args: []string{"--city", slug, "--csv", in("again.csv"), "worst-" + slug, "1"}, file: in("again.csv"), acts: true},
		"incident posted":     {args: []string{"--city", slug, "--yes", "--on", on, "--evidence", "receipt of " + slug, "worst-" + slug, "1"}, acts: true},
		"incident mailings":   {args: []string{"--city", slug, "worst-" + slug}},
		"incident returned":   {args: []string{"--city", slug, "--yes", worstOf(here), in("returned.csv")}, acts: true},
		"incident address":    {args: []string{"--city", slug, "--yes", worstOf(here), c.letterOf(here), "1 Road of " + slug, "Town, TX 79761"}, acts: true},
		"incident again":      {args: []string{"--city", slug, "--yes", worstOf(here)}, acts: true},
		"incident letters":    {args: []string{"--city", slug, worstOf(here)}},
		"incident publish":    {args: []string{"--city", slug, "--yes", "--notice", in("notice.yaml"), "worst-" + slug}, acts: true},
		"incident affected":   {args: []string{"--city", slug, "--utility-account", "004217001", "worst-" + slug}},
		"incident unpublish":  {args: []string{"--city", slug, "--yes"}, acts: true},
		"incident substitute": {args: []string{"--city", slug, worstOf(here)}},
		"reports list":        {args: []string{"--city", slug, "--extensions"}},
		"reports show":        {args: []string{"--city", slug, here.seen.String()}},
		"audit export":        {args: []string{slug}},
		"audit verify":        {args: []string{"--city", slug, "--kept", in("kept")}},
	}
}

// staged makes a signing key, and a configuration with what pages need.
func (c *cities) staged(key string) (config string) {
	c.Helper()
	_, err := manifest.CreateKey(key, "shared.example")
	c.must(err)
	text, err := os.ReadFile(c.config)
	c.must(err)
	config = filepath.Join(filepath.Dir(c.config), "stage.yaml")
	c.must(os.WriteFile(config, append(text, "origin: http://pay.shared.localhost\nplain: true\nsandbox: {origin: http://processor.localhost}\n"...), 0o600))
	return config
}

// disputed has cardholders take two payments back.
func (c *cities) disputed(p *place) {
	c.Helper()
	for _, step := range []string{"paid", "paid again"} {
		made, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps[step]))
		c.must(err)
		c.must(c.payments.Dispute(c.Context(), p.slug, processor.Notice{Kind: processor.NoticeDispute, Key: processor.Key(made.Attempt.String())}))
	}
}

// order is in which the commands are run: what is exported is then listed and
// acknowledged.
func order() []string {
	return []string{
		"posting export", "posting list", "posting acknowledge", "posting settle", "import bills", "policy replay", "audit verify", "audit export",
		"incident open", "incident scope", "incident preview", "incident freeze", "incident people", "incident diff", "incident told", "incident fact",
		"incident clocks", "incident done", "incident undone", "incident tell known", "incident tell mail", "incident tell sent", "incident tell acknowledged",
		"incident tell list", "incident report", "incident close", "incident reopen", "incident verify", "incident list", "incident codes", "incident mail", "incident print", "incident email", "incident posted", "incident mailings",
		"incident returned", "incident address", "incident again", "incident letters", "incident substitute",
		"incident hold", "posting spared", "retain list", "approval take", "approval list", "approval show", "approval withdraw", "incident lift", "incident release",
		"incident publish", "incident affected", "incident unpublish",
		"echeck files", "echeck take", "echeck answers", "echeck rates", "echeck acknowledge",
		"returned add", "returned import", "returned list",
		"day", "dispute list", "dispute won", "dispute lost", "surplus list", "surplus refunded", "city waiting", "city stop", "city show", "city apply", "manifest make",
		"reports list", "reports show",
	}
}

func (c *cities) divertedOf(p *place) string {
	request, _ := c.diverting(p)
	return request.String()
}

// every lists all commands there are.
func every(t *testing.T) []string {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Vars{"layouts": strings.Join(layouts.Names(), ", "), "measurements": strings.Join(bench.Names(), ", ")})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, leaf := range parser.Model.Leaves(false) {
		all = append(all, leaf.Path())
	}
	return all
}

// Every command that is about a city tells and changes nothing of the other. A
// new command is tried here, or is said to know no city.
func TestTwoCitiesShareNoCommand(t *testing.T) {
	known := map[string]bool{}
	for _, name := range append(order(), cityless()...) {
		known[name] = true
	}
	for _, name := range every(t) {
		if !known[name] {
			t.Errorf("the command %q is not tried on two cities", name)
		}
		delete(known, name)
	}
	for name := range known {
		t.Errorf("there is no command %q", name)
	}
	each(t, func(c *cities) {
		_, err := c.audit.Seal(c.Context())
		c.must(err)
		_, err = c.exchange.Export(c.Context(), c.exportOf(c.east, c.paidOn(c.east).AddDays(-1)), &strings.Builder{})
		c.must(err)
		_, err = c.exchange.Export(c.Context(), c.exportOf(c.west, c.paidOn(c.west).AddDays(-1)), &strings.Builder{})
		c.must(err)
		c.disputed(c.east)
		c.disputed(c.west)
		c.took(c.east)
		c.took(c.west)
		c.worst(c.east)
		c.worst(c.west)
		c.wishing(c.east)
		c.wishing(c.west)
		c.posted(c.east)
		c.posted(c.west)
		c.misheard(c.east)
		c.misheard(c.west)
		c.reported(c.east)
		c.reported(c.west)
		c.both(func(here, other *place) {
			mine, canaries := c.canaries(here, other), c.canaries(other, here)
			all := c.commands(here, other)
			maps.Copy(all, warningCommands(string(here.slug), all["incident mail"].args[4]))
			maps.Copy(all, c.echeckCommands(here))
			for _, name := range order() {
				c.tryCommand(name, all[name], here, other, mine, canaries)
			}
		})
	})
}

func (c *cities) tryCommand(name string, tried command, here, other *place, mine, canaries []string) {
	c.Helper()
	args := append(append(strings.Fields(name), "--config", c.config), tried.args...)
	before := c.state(here)
	c.untouched(name, other, func() {
		got := run(c.T, args...)
		said := got.out + got.err
		if tried.file != "" {
			written, err := os.ReadFile(tried.file)
			c.must(err)
			said += string(written)
		}
		if got.status != tried.status {
			c.Errorf("%s ends with %d: %s", name, got.status, got.err)
		}
		c.silent(name+" of "+string(here.slug), said, canaries)
		if tells := !strings.HasPrefix(name, "approval") && !strings.HasPrefix(name, "echeck") && !strings.HasPrefix(name, "returned") && name != "retain list" && name != "posting spared" && name != "posting list" && name != "posting acknowledge" && name != "posting settle" && name != "import bills" && name != "policy replay" && !strings.HasPrefix(name, "dispute") && !strings.HasPrefix(name, "incident") && name != "day"; tells {
			c.tells(name+" of "+string(here.slug), said, mine)
		}
	})
	if changed := len(difference(before, c.state(here))) > 0; changed != tried.acts {
		c.Errorf("%s changes its city: %v, want %v", name, changed, tried.acts)
	}
}

// A command for one city given what is the other's: a file of another city's
// name, a receipt, a checkpoint. It is refused, and nothing crosses.
func TestTwoCitiesRefuseEachOthersFiles(t *testing.T) {
	each(t, func(c *cities) {
		_, err := c.audit.Seal(c.Context())
		c.must(err)
		c.both(func(here, other *place) {
			folder := c.TempDir()
			stolen := filepath.Join(folder, string(here.slug)+".yaml")
			c.must(os.WriteFile(stolen, bytes.ReplaceAll(here.file(), []byte(here.host), []byte(other.host)), 0o600))
			kept := filepath.Join(folder, "kept")
			c.must(os.WriteFile(kept, []byte(c.newest(other)), 0o600))
			for what, args := range map[string][]string{
				"a file with the other's host": {"city", "apply", "--config", c.config, stolen},
				"the other's checkpoint":       {"audit", "verify", "--config", c.config, "--city", string(here.slug), "--kept", kept},
			} {
				c.untouched(what, other, func() {
					if got := run(c.T, args...); got.status == statusDone {
						c.Errorf("%s is taken in %s: %s", what, here.slug, got.out)
					}
				})
			}
			if got := c.ask("GET", here.host, "/pay/done/"+payment.OfQuote(other.steps["paid"]).String(), nil, nil); got.status != 404 {
				c.Errorf("the receipt of %s gets %d in %s", other.slug, got.status, here.slug)
			}
		})
	})
}
