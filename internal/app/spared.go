package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/control"
)

// sparedPosting tells the billing system whom nothing bad follows.
type sparedPosting struct {
	Config string        `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string        `required:"" placeholder:"CITY" help:"The town."`
	From   calendar.Date `placeholder:"DATE" help:"The first day that is asked about (30 days ago)."`
	Out    string        `required:"" placeholder:"FILE" help:"Where to write it. What is there is replaced, whole or not at all."`
}

// Run writes the file and says how many lines it has.
func (c sparedPosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		from := c.From
		if from.IsZero() {
			from = calendar.Of(w.clock.Now(), town.Zone).AddDays(-30)
		}
		file := &lazyFile{path: c.Out}
		lines, err := w.writeSpared(ctx, town, from, file)
		if err != nil {
			return errors.Join(err, file.close())
		}
		if err := file.keep(); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d lines; with none, the billing system goes on as always.\n", lines)
		return err
	})
}

// sparedDays is a span in business dates: both ends are spared.
type sparedDays struct {
	kind, service string
	from, until   calendar.Date // until is zero while it stands
}

// writeSpared writes a line for each utility account, kind and span, and last how
// many lines there are: one that was cut off is not taken for whole.
func (w *works) writeSpared(ctx context.Context, town townOf, from calendar.Date, out io.Writer) (lines int, err error) {
	spans, err := w.sparedSince(ctx, town, from)
	if err != nil {
		return 0, err
	}
	table := csv.NewWriter(out)
	table.UseCRLF = true
	put := func(cells ...string) error { return table.Write(cells) }
	if err := put("record", "utility_account", "service", "kind", "from", "until"); err != nil {
		return 0, err
	}
	err = w.bills.Each(ctx, town.City, func(number, service string) error {
		for _, s := range spans {
			if s.service != "" && s.service != service {
				continue
			}
			lines++
			if err := put("SPARED", number, service, s.kind, s.from.String(), printedDay(s.until)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if err := put("TRAILER", strconv.Itoa(lines), "", "", "", ""); err != nil {
		return 0, err
	}
	table.Flush()
	return lines, table.Error()
}

func printedDay(on calendar.Date) string {
	if on.IsZero() {
		return ""
	}
	return on.String()
}

// sparedSince gives the spans that reach into the days from one on.
func (w *works) sparedSince(ctx context.Context, town townOf, from calendar.Date) ([]sparedDays, error) {
	var all []sparedDays
	for _, kind := range []struct {
		kind control.Kind
		code string
	}{{control.LateFees, "LATE_FEE"}, {control.ShutOffs, "SHUT_OFF"}} {
		spans, err := w.holds.Between(ctx, town.City, kind.kind, from.Start(town.Zone), w.clock.Now().Add(time.Microsecond))
		if err != nil {
			return nil, err
		}
		for _, s := range spans {
			days := sparedDays{kind: kind.code, service: s.Service, from: calendar.Of(s.From, town.Zone)}
			if !s.Until.IsZero() && !s.Until.After(w.clock.Now()) {
				days.until = calendar.Of(s.Until, town.Zone)
			}
			all = append(all, days)
		}
	}
	return all, nil
}
