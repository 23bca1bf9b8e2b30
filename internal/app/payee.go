package app

import (
	"context"
	"fmt"
	"text/tabwriter"

	"clearwell/internal/approval"
	"clearwell/internal/cardscan"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/notify"
)

// courier tells finance officers by mail. Where none leaves, nobody can be told,
// and money goes where it goes.
func (w *works) courier() city.Courier {
	if w.outbox == nil {
		return city.Courier{}
	}
	return city.Courier{
		Tell: w.tellPayeeTx,
		Told: func(ctx context.Context, tx *db.Tx, waiting city.Waiting) (bool, error) {
			return notify.SentTx(ctx, tx, payeeKey(waiting.Request, notify.PayeeBegun, waiting.Told))
		},
	}
}

// payeeKey names an occasion: one stage of one request, told to one address.
func payeeKey(request approval.ID, stage notify.PayeeStage, to string) string {
	return fmt.Sprintf("payee %s %s %s", request, stage, to)
}

func (w *works) tellPayeeTx(tx *db.Tx, news city.News) error {
	stage := map[city.WaitState]notify.PayeeStage{
		city.Waits: notify.PayeeBegun, city.InForce: notify.PayeeInForce, city.Stopped: notify.PayeeStopped, city.Void: notify.PayeeStopped,
	}[news.State]
	language := news.Before.Contact.Tongue()
	content := notify.PayeeNews{
		Town: news.Before.Name.In(language), Stage: stage, From: news.DueAt, Zone: news.Before.Zone.String(), Reason: news.Reason,
		Asked: news.BegunBy, Command: fmt.Sprintf("clearwell city stop --city %s --reason \"...\" %s", news.City, news.Request),
	}
	for _, change := range news.Changes {
		content.Changes = append(content.Changes, harmless(change.String()))
	}
	return notify.EnqueueTx(tx, notify.Message{Key: payeeKey(news.Request, stage, news.To), To: news.To, Language: language, Content: content})
}

// harmless is a line without what looks like a card: a mail that is refused tells
// nobody.
func harmless(line string) string {
	if cardscan.Contains([]byte(line)) {
		return cardscan.Redact(line)
	}
	return line
}

// payees puts in force what has waited long enough. What became void is told to
// whoever watches the log too.
func (w *works) payees(ctx context.Context) error {
	courier := w.courier()
	if courier.Told == nil {
		return nil
	}
	ended, err := w.registry.Due(ctx, w.approvals.People(), courier)
	for _, one := range ended {
		if one.State == city.InForce {
			w.log.WarnContext(ctx, "alarm", "alarm", "payee_changed", "city", string(one.City))
			continue
		}
		w.log.WarnContext(ctx, "alarm", "alarm", "payee_void", "city", string(one.City))
	}
	return err
}

// await begins the day of a file that has money go elsewhere.
func (c applyCity) await(ctx context.Context, p Process, w *works, plan city.Plan, warrant city.Warrant) error {
	waiting, err := w.registry.Await(ctx, plan, warrant, w.courier(), operator())
	if err != nil {
		return w.inWords(err)
	}
	_, err = fmt.Fprintf(p.Out, "Money goes where it went until %s (UTC), and %s is told by mail.\nTo stop it: clearwell city stop --city %s --reason \"...\" %s\n",
		waiting.DueAt.UTC().Format(minutes), waiting.Told, waiting.City, waiting.Request)
	return err
}

// cityWaiting lists what waits.
type cityWaiting struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"The town."`
}

// Run prints a line for each.
func (c cityWaiting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		all, err := w.registry.Waiting(ctx, town.City)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		for _, one := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\tfrom %s\ttold %s\tby %s\t%s\n", one.City, one.Request, one.State, one.DueAt.In(town.Zone).Format(minutes), one.Told, one.BegunBy, one.Reason)
		}
		return table.Flush()
	})
}

// cityStop stops one.
type cityStop struct {
	Config  string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City    string `required:"" placeholder:"CITY" help:"The town."`
	Reason  string `required:"" placeholder:"TEXT" help:"Why, for the record and for the finance officer."`
	Request string `arg:"" help:"The number of the request."`
}

// Run stops it. One person may.
func (c cityStop) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		var request approval.ID
		if err := request.UnmarshalText([]byte(c.Request)); err != nil {
			return w.inWords(city.ErrNotWaiting)
		}
		if err := cardscan.Check(c.Reason); err != nil {
			return w.inWords(err)
		}
		if _, err := w.registry.Stop(ctx, town.City, request, c.Reason, w.courier(), operator()); err != nil {
			return w.inWords(err)
		}
		_, err := fmt.Fprintf(p.Out, "Request %s of %s will not be carried out: money goes where it went.\n", request, town.City)
		return err
	})
}
