package app

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/settings"
)

// decideFile puts a city file in force as two people do who have not been named
// before.
func decideFile(t *testing.T, w *works, text string) {
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
	_, err = w.registry.ApplyApproved(t.Context(), plan, city.Warrant{People: people, Request: request.ID}, "operator:ana")
	must(err)
	must(w.towns.Refresh(t.Context()))
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
	inForce := settings.Protection{Confinement: "required", Sandbox: settings.OwnMachine, Mail: "mail.example.com:587"}
	if err := cfg.hold(inForce); err != nil {
		t.Fatal(err)
	}
	if got := cfg.protection(""); got.Digest() != inForce.Digest() {
		t.Errorf("held is %+v, want %+v", got, inForce)
	}
	if cfg.Listen != "127.0.0.1:8080" || cfg.Data != "elsewhere" || cfg.Sandbox.Origin != "http://127.0.0.1:9" {
		t.Errorf("its places are %+v", cfg)
	}
	if err := cfg.hold(settings.Protection{}); err != nil || cfg.Sandbox != nil {
		t.Errorf("a sandbox that was not there: %+v, %v", cfg.Sandbox, err)
	}
}
