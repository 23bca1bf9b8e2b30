package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/web"
)

// Prefix is where [Door.Handler] is to be mounted. A notice is posted to the
// prefix and the adapter's name.
const Prefix = "/hooks/"

const (
	mostBytes = 64 << 10         // of a notice; they have a few kilobytes
	patience  = 10 * time.Second // processors wait about so long for thanks
)

// Inbox keeps a message before anyone acts on it, and until somebody could.
// [inbox.Service] does.
type Inbox interface {
	Keep(ctx context.Context, city id.City, m inbox.Message) (kept inbox.ID, fresh bool, err error)
	Pending(ctx context.Context, from inbox.Source, limit int) ([]inbox.Kept, error)
	Settle(ctx context.Context, kept inbox.Kept, cause error) error
}

// Payments acts on what a notice hints at. [payment.Service] does.
type Payments interface {
	Settle(ctx context.Context, city id.City, key processor.Key) error
	Dispute(ctx context.Context, city id.City, notice processor.Notice) error
}

// Towns lists the towns; a notice is for the one whose merchant account it
// names. [city.Directory] does.
type Towns interface{ All() []*city.City }

// Config is what the door asks.
type Config struct {
	Notifiers map[string]processor.Notifier // by the adapter's name
	Towns     Towns
	Inbox     Inbox
	Payments  Payments
	Alarms    web.Alarms
	Clock     clock.Clock
	Log       *slog.Logger
}

// Door takes notices.
type Door struct{ Config }

// New makes the door.
func New(cfg Config) *Door { return &Door{cfg} }

// Before serves the door below [Prefix], and hands everything else to next. Its
// answers are empty: there is nobody to read them, and nothing to learn from
// them. Who does not prove to be the processor gets the answer of next as well,
// which is that there is nothing: so nobody else learns that there is a door.
//
// The path is compared and not routed: a router answers an untidy path by
// itself, and repeats it.
func (d *Door) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, below := strings.CutPrefix(r.URL.Path, Prefix)
		notifier, known := d.Notifiers[name]
		if !below || !known || r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		d.take(w, r, name, notifier, next)
	})
}

func (d *Door) take(w http.ResponseWriter, r *http.Request, name string, notifier processor.Notifier, next http.Handler) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBytes+1))
	status := http.StatusNotFound
	if err == nil && len(body) <= mostBytes {
		status = d.hear(ctx, name, notifier, r.Header, body)
	}
	if status == http.StatusNotFound || status == web.Status(fault.Denied) {
		r.Body = again{io.MultiReader(bytes.NewReader(body), r.Body), r.Body}
		next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.WriteHeader(status)
}

// again is a body whose beginning has been read, to be read once more.
type again struct {
	io.Reader
	io.Closer
}

// hear verifies a notice, keeps it, and acts on it. What is kept is thanked for:
// if it cannot be acted on now, [Door.Retry] will.
func (d *Door) hear(ctx context.Context, name string, notifier processor.Notifier, header http.Header, body []byte) int {
	message := inbox.Message{Source: sourceOf(name), Headers: header, Body: body, ReceivedAt: d.Clock.Now()}
	notice, err := notifier.ReadNotice(header, body, message.ReceivedAt)
	if err != nil {
		d.Alarms.Raise(ctx, "", web.BadNotice, Prefix+name)
		return web.Status(fault.Denied)
	}
	town, found := d.townOf(name, notice.Merchant)
	if !found {
		d.Alarms.Raise(ctx, "", web.BadNotice, Prefix+name)
		return http.StatusNoContent // signed, and for nobody here: again would be no better
	}
	message.ExternalID = notice.ID
	kept, fresh, err := d.Inbox.Keep(ctx, town, message)
	if err != nil {
		d.trouble(ctx, "keeping a notice", name, town, err)
		return web.Status(fault.KindOf(err))
	}
	if fresh {
		d.settle(ctx, inbox.Kept{ID: kept, City: town, Message: message}, d.act(ctx, town, notice))
	}
	return http.StatusNoContent
}

func sourceOf(name string) inbox.Source { return inbox.Source("processor:" + name) }

// retries bounds one round of [Door.Retry], so that it ends.
const retries = 200

// Retry acts on the notices that wait in the inbox: those whose handling did not
// succeed, or that were kept just before the process ended. It returns how many
// it took up.
func (d *Door) Retry(ctx context.Context) (int, error) {
	taken := 0
	for name, notifier := range d.Notifiers {
		waiting, err := d.Inbox.Pending(ctx, sourceOf(name), retries)
		if err != nil {
			return taken, err
		}
		for _, kept := range waiting {
			d.settle(ctx, kept, d.readAgain(ctx, notifier, kept))
		}
		taken += len(waiting)
	}
	return taken, nil
}

// readAgain reads a kept notice as it was read when it came, and acts on it.
func (d *Door) readAgain(ctx context.Context, notifier processor.Notifier, kept inbox.Kept) error {
	notice, err := notifier.ReadNotice(kept.Headers, kept.Body, kept.ReceivedAt)
	if err != nil {
		return fmt.Errorf("reading a kept notice: %w", err)
	}
	return d.act(ctx, kept.City, notice)
}

// settle notes what came of a notice. If even that does not succeed the notice
// stays pending, and is acted on again.
func (d *Door) settle(ctx context.Context, kept inbox.Kept, cause error) {
	ctx = context.WithoutCancel(ctx) // whoever sent it may have stopped waiting
	if cause != nil {
		d.trouble(ctx, "acting on a notice", string(kept.Source), kept.City, cause)
	}
	if err := d.Inbox.Settle(ctx, kept, cause); err != nil {
		d.trouble(ctx, "settling a notice", string(kept.Source), kept.City, err)
	}
}

// townOf finds the town whose merchant account a notice is about. A processor's
// word counts for its own merchants only.
func (d *Door) townOf(name string, merchant processor.Merchant) (id.City, bool) {
	for _, town := range d.Towns.All() {
		if town.Processor.Name == name && town.Processor.Merchant == string(merchant) {
			return town.City, true
		}
	}
	return "", false
}

// act asks the processor how the attempt stands, and then notes the dispute if
// there is one. Both are harmless when done again, so that a repeated notice
// mends what the first could not do.
func (d *Door) act(ctx context.Context, town id.City, notice processor.Notice) error {
	if notice.Kind != processor.NoticeOutcome && notice.Kind != processor.NoticeDispute {
		return nil
	}
	err := d.Payments.Settle(ctx, town, notice.Key)
	if err == nil && notice.Kind == processor.NoticeDispute {
		err = d.Payments.Dispute(ctx, town, notice)
	}
	if errors.Is(err, payment.ErrNoPayment) {
		return nil // of another town, or of nobody: again would be no better
	}
	return err
}

func (d *Door) trouble(ctx context.Context, doing, name string, town id.City, err error) {
	d.Log.ErrorContext(ctx, doing, "processor", name, "city", string(town), "err", err.Error())
}
