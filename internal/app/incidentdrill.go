package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/control"
	"clearwell/internal/incident"
	"clearwell/internal/sampletown"
	"clearwell/internal/watch"
)

// drillIncident rehearses the worst day.
type drillIncident struct {
	Residents int    `default:"400" help:"How many residents meet the changed page (${default})."`
	Seed      uint64 `default:"1" help:"Another seed is another town."`
	Plain     bool   `help:"Look by mere HTTP alone, also where there is a browser."`
	JSON      bool   `name:"json" help:"As JSON."`
	Keep      string `placeholder:"FOLDER" help:"Keep the letters and the list in this folder."`
}

var errDrill = errors.New("the drill did not come out as it must")

// Run makes a breach in a town that does not exist, and goes through the worst day
// with the commands that a town would type. Nothing of it touches any town.
func (c drillIncident) Run(ctx context.Context, p Process) error {
	d, err := newDrill(ctx, c, p.Err)
	if err != nil {
		return err
	}
	err = d.worstDay(ctx)
	if err == nil && c.Keep != "" {
		err = d.keep(c.Keep)
	}
	if err = errors.Join(err, d.end()); err != nil {
		return err
	}
	if c.JSON {
		err = d.card.json(p.Out)
	} else {
		err = d.card.print(p.Out)
	}
	if err == nil && !d.card.passed() {
		err = errDrill
	}
	return err
}

// day is what the steps hand on.
type day struct {
	alarm  watch.Report
	name   string
	scope  string
	frozen string // how many, as it was agreed to
}

// worstDay goes through it, step by step.
func (d *drill) worstDay(ctx context.Context) error {
	d.card.At, d.card.Release = d.clock.Now().UTC().Truncate(time.Second), d.release
	d.card.Database = "SQLite"
	for _, v := range d.views {
		d.card.Views = append(d.card.Views, v.Name)
	}
	if err := d.breach(ctx); err != nil {
		return err
	}
	var today day
	for _, part := range []func(context.Context, *day) error{d.alarmed, d.held, d.listed, d.lawful, d.lettered, d.announced} {
		if err := part(ctx, &today); err != nil {
			return err
		}
	}
	d.card.sum()
	return nil
}

// step measures a step of the machine's.
func (d *drill) step(name, until string, do func() error) error {
	fmt.Fprintf(d.say, "%s\n", name)
	took, err := clockwork(do)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	d.card.Measured = append(d.card.Measured, measured{name, took.Milliseconds(), until})
	return nil
}

func (d *drill) check(what string, is bool) { d.card.Checks = append(d.card.Checks, check{what, is}) }

// breach has the prober see the page as it is, somebody change it, and residents
// meet it: none of this is measured.
func (d *drill) breach(ctx context.Context) error {
	good, err := d.runner.Run(ctx, d.views)
	if err != nil {
		return err
	}
	d.check("the unchanged pages are good", good.Verdict() == watch.Good)
	d.changed.Store(true)
	return d.stage.Meet(ctx, d.met)
}

// alarmed is until somebody is called.
func (d *drill) alarmed(ctx context.Context, today *day) error {
	err := d.step("the prober looks, sees the change and tells", untilAlarm, func() (err error) {
		today.alarm, err = d.runner.Run(ctx, d.views)
		return err
	})
	if err != nil {
		return err
	}
	d.check("the changed page is an alarm", today.alarm.Verdict() == watch.Changed && d.told.Load() == 1)
	for _, v := range d.views {
		seen := slices.ContainsFunc(today.alarm.Findings, func(f watch.Finding) bool {
			return f.View == v.Name && strings.Contains(f.Name+f.Is, "skimmer.invalid")
		})
		d.check("the skimmer is named by the view "+v.Name, seen)
	}
	words := strings.SplitN(strings.TrimSpace(today.alarm.Command()), " ", 7) // clearwell incident open --city C NAME "SCOPE"
	if len(words) != 7 {
		return fmt.Errorf("reading the alarm's line %q: it is none", today.alarm.Command())
	}
	today.name = words[5]
	today.scope, err = strconv.Unquote(words[6])
	return err
}

func (d *drill) held(ctx context.Context, today *day) error {
	err := d.step("card entry, autopay, late fees and shut-offs are held", untilFrozen, func() error {
		_, err := d.run(ctx, "incident", "hold", "--reason", "a script in the card page", "--yes", today.name)
		return err
	})
	if err != nil {
		return err
	}
	d.changed.Store(false) // whoever changed it lost the way in
	return d.step("the portal follows: no page shows card fields", untilFrozen, func() error { return d.refused(ctx) })
}

var errShown = errors.New("card fields are still shown")

// refused waits until the portal shows no card fields any more.
func (d *drill) refused(ctx context.Context) error {
	err := until(ctx, func() error {
		err := d.stage.Meet(ctx, []sampletown.Meeting{{Resident: d.sample, Manner: sampletown.Leaves}})
		if errors.Is(err, control.ErrCardsHeld) {
			return nil
		}
		return errors.Join(errShown, err)
	})
	d.check("nobody is shown card fields any more", err == nil)
	return err
}

// listed is until the list is frozen.
func (d *drill) listed(ctx context.Context, today *day) error {
	var said string
	on := calendar.Of(d.clock.Now(), d.stage.Town.Zone).String()
	for _, s := range []struct {
		name string
		args []string
	}{
		{"the incident is opened with the alarm's line, and counted", []string{"incident", "open", today.name, today.scope}},
		{"when the town found out is noted", []string{"incident", "fact", "--on", on, "--evidence", "alarm of the prober", today.name, "discovered"}},
		{"the list is counted, for somebody to agree", []string{"incident", "freeze", today.name}},
	} {
		err := d.step(s.name, untilFrozen, func() (err error) {
			said, err = d.run(ctx, s.args...)
			return err
		})
		if err != nil {
			return err
		}
	}
	_, today.frozen, _ = strings.Cut(strings.TrimSuffix(strings.TrimSpace(said), "."), "--people ")
	err := d.step("the list is frozen, digested and logged", untilFrozen, func() error {
		_, err := d.run(ctx, "incident", "freeze", "--yes", "--people", today.frozen, today.name)
		return err
	})
	if err != nil {
		return err
	}
	return d.compare(ctx, today)
}

// compare holds the frozen list against who met the page, by the drill's own
// notes: exactly they, and the utility account that the prober opens.
func (d *drill) compare(ctx context.Context, today *day) error {
	expected := map[string]bool{}
	note := func(number string) error {
		normal, err := d.stage.Town.Numbers.Normalise(number)
		expected[normal] = true
		return err
	}
	err := note(d.sample.Number)
	for _, m := range d.met {
		err = errors.Join(err, note(m.Resident.Number))
	}
	if err != nil {
		return err
	}
	named := map[string]bool{}
	people := 0
	err = incident.New(d.db).Each(ctx, sampleCity, today.name, 0, func(p incident.Person) error {
		people++
		for _, number := range p.UtilityAccounts {
			named[number] = true
		}
		return nil
	})
	d.card.Exposed, d.card.Named = len(expected), people
	d.check("exactly the people who met the page are named", maps.Equal(expected, named) && people == len(expected))
	verified, errVerify := d.run(ctx, "incident", "verify", today.name)
	d.check("the list is the one that the audit log has", strings.Contains(verified, incident.Intact))
	return errors.Join(err, errVerify)
}

// lawful asks what the law asks.
func (d *drill) lawful(ctx context.Context, today *day) error {
	return d.step("the clocks of the law are printed, with what the forms ask", untilLetters, func() error {
		said, err := d.run(ctx, "incident", "clocks", today.name)
		d.check("the clocks name the Attorney General and the bank", strings.Contains(said, "tx-attorney-general") && strings.Contains(said, "net-acquiring-bank"))
		return err
	})
}

// lettered is until the letters are printed.
func (d *drill) lettered(ctx context.Context, today *day) error {
	notice, codes := filepath.Join(d.folder, "notice.yaml"), filepath.Join(d.folder, "codes.txt")
	on := calendar.Of(d.clock.Now(), d.stage.Town.Zone)
	text := fmt.Sprintf("office: Utility Billing\nsite: pay.sampletown.example/notice\nhours: 8 a.m. to 8 p.m.\nmonitoring: monitoring.example\non: %s\n"+
		"windows: [{from: %s, to: %s}]\nseen: card\nways: [one_time_web]\nsafe: [autopay, counter, telephone, echeck]\nmailer: \"123456\"\nservice: \"270\"\n", on, on.AddDays(-1), on)
	var all strings.Builder
	for n := range d.card.Named {
		fmt.Fprintf(&all, "DRILL-%05d\n", n)
	}
	if err := errors.Join(writeNew(notice, []byte(text)), writeNew(codes, []byte(all.String()))); err != nil {
		return err
	}
	for _, s := range []struct {
		name string
		args []string
	}{
		{"codes for credit monitoring are taken in", []string{"incident", "codes", "--yes", today.name, codes}},
		{"each letter is composed by the law of its state, and counted", []string{"incident", "mail", "--notice", notice, today.name}},
		{"the letters are written down and printed, with the list for the mailing house", []string{"incident", "mail", "--notice", notice, "--yes", "--letters", today.frozen,
			"--pdf", d.letters(), "--csv", d.mailingList(), today.name}},
	} {
		err := d.step(s.name, untilLetters, func() error {
			_, err := d.run(ctx, s.args...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return d.opened()
}

func (d *drill) letters() string     { return filepath.Join(d.folder, "letters.pdf") }
func (d *drill) mailingList() string { return filepath.Join(d.folder, "letters.csv") }

// opened looks at what was printed.
func (d *drill) opened() error {
	pages, err := os.ReadFile(d.letters())
	list, err2 := os.ReadFile(d.mailingList())
	d.check("the letters are a PDF", strings.HasPrefix(string(pages), "%PDF-"))
	d.check("one line of the mailing house's list for each person", strings.Count(string(list), "\n") == d.card.Named+1)
	return errors.Join(err, err2)
}

// announced puts the notice on every page.
func (d *drill) announced(ctx context.Context, today *day) error {
	err := d.step("the notice is published on every page, in both languages", untilLetters, func() error {
		_, err := d.run(ctx, "incident", "publish", "--notice", filepath.Join(d.folder, "notice.yaml"), "--yes", today.name)
		return err
	})
	if err != nil {
		return err
	}
	return d.step("the portal follows: residents read the notice", untilLetters, func() error {
		err := until(ctx, func() error { return d.read(ctx) })
		d.check("residents read the notice", err == nil)
		return err
	})
}

var errUnread = errors.New("the notice is not on the portal")

// read asks the portal for the notice, as a resident would.
func (d *drill) read(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.stated.Start+"notice", nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		return fmt.Errorf("reading the notice: %w", err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "pay.sampletown.example/notice")) {
		err = errUnread
	}
	return err
}

// until tries until it goes well: the portal has holds and notices from a moment
// ago.
func until(ctx context.Context, try func() error) error {
	ctx, late := context.WithTimeout(ctx, 10*time.Second)
	defer late()
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-every.C:
		}
	}
}

// keep copies what was printed to where somebody may look at it.
func (d *drill) keep(folder string) error {
	for _, path := range []string{d.letters(), d.mailingList()} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := writeNew(filepath.Join(folder, filepath.Base(path)), text); err != nil {
			return fmt.Errorf("keeping what was printed: %w", err)
		}
	}
	return nil
}
