package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/cis"
	"clearwell/internal/city"
	"clearwell/internal/clearing"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/depot"
	"clearwell/internal/inbox"
	"clearwell/internal/instrument"
	"clearwell/internal/jail"
	"clearwell/internal/ledger"
	"clearwell/internal/limit"
	"clearwell/internal/locale"
	"clearwell/internal/notice"
	"clearwell/internal/notify"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
	"clearwell/internal/settings"
	"clearwell/internal/web/hook"
)

// works is everything that is open while a command runs: the database and the
// services on it.
type works struct {
	Config
	keys      keys
	clock     clock.Clock
	log       *slog.Logger
	release   string
	node      string // this process, for a lease
	words     *locale.Catalogue
	db        *db.DB
	audit     *audit.Log
	registry  *city.Registry
	towns     *city.Directory
	holds     *control.Service
	approvals *approval.Service
	bills     *billing.Service
	banks     *instrument.Service
	echecks   *clearing.Service
	payments  *payment.Service
	exchange  *cis.Service
	tries     *limit.Tries
	visits    *access.Sessions
	logins    *access.Service
	receipts  receipts
	openness  *openness
	settings  *settings.Service
	asWritten settings.Protection // what the configuration says, in force or not
	lines     *depot.Buffer       // of the log, for the copy; nil for a command
	heldFiles []heldFile          // city files that are not in force
	confined  jail.Report         // what the kernel has taken from this process
	outbox    *notify.Service     // nil where no mail leaves
	company   *sandbox.Server     // nil where no sandbox is configured
	companies map[string]processor.Processor
	notices   *hook.Door
	sightings sightings
	published *notice.Service // what towns say about breaches
}

// open opens the database, brings it up to this release, and makes the services.
// What the migration did it tells.
func open(ctx context.Context, cfg Config, k keys, now clock.Clock, log *slog.Logger) (*works, error) {
	w := &works{Config: cfg, keys: k, clock: now, log: log, companies: map[string]processor.Processor{}}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	private()
	if err := keepPrivate(cfg.databaseFile()); err != nil {
		return nil, err
	}
	var err error
	if w.release, err = release(); err != nil {
		return nil, err
	}
	if w.words, err = locale.Load(); err != nil {
		return nil, err
	}
	if w.db, err = db.Open(ctx, db.Config{URL: cfg.Database.Reveal(), Clock: now}); err != nil {
		return nil, err
	}
	if err := w.furnish(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *works) furnish(ctx context.Context) error {
	err := w.migrate(ctx)
	if err != nil {
		return err
	}
	if err := w.judge(ctx); err != nil {
		return err
	}
	if err := w.openSandbox(); err != nil {
		return err
	}
	w.audit = audit.New(w.db, w.keys.audit)
	if w.openness, err = newOpenness(w); err != nil {
		return err
	}
	w.holds, w.bills = control.New(w.db), billing.New(w.db)
	w.approvals = approval.New(w.db, w.people)
	w.banks = instrument.New(w.db, w.keys.sealer, w.keys.digests, routing.New(w.db))
	w.receipts = receipts{w.db, w.towns, w.words, w.log, w.Origin, w.Plain, w.Mail.From == ""}
	if err := w.openOutbox(); err != nil {
		return err
	}
	machine, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("finding the name of this machine: %w", err)
	}
	w.node = fmt.Sprintf("%s/%d/%d", machine, os.Getpid(), w.clock.Now().UnixMilli())
	w.payments = payment.New(payment.Deps{
		DB: w.db, Towns: w.towns, Processors: w.companies, Holds: holds{w.holds, w.release}, Receipts: w.receipts,
		Breaker: limit.NewBreaker(w.keys.digests), Ratio: limit.NewRatio(w.clock, payment.CardTesting()), Log: w.log, Node: machine, Release: w.release,
	})
	if err := w.openClearing(); err != nil {
		return err
	}
	writer, err := w.letterWriter()
	if err != nil {
		return err
	}
	w.published = notice.New(w.db, w.clock, writer)
	w.exchange = cis.New(w.db, postings{w.payments, ledger.New(w.db)})
	w.visits = access.NewSessions(w.db, access.Config{Plain: w.Plain})
	w.logins, err = access.New(access.Deps{DB: w.db, Towns: w.towns, Key: w.keys.digests, Address: w.receipts.at})
	if err != nil {
		return err
	}
	w.tries = limit.NewTries(w.db, w.keys.digests)
	w.notices = hook.New(hook.Config{
		Notifiers: w.notifiers(), Towns: w.towns, Inbox: inbox.New(w.db), Payments: w.payments,
		Alarms: newAlarms(w.log, w.clock), Clock: w.clock, Log: w.log,
	})
	w.sightings = w.newSightings()
	if err := w.towns.Refresh(ctx); !errors.Is(err, city.ErrNotSealed) {
		return err
	}
	w.log.ErrorContext(ctx, "alarm", "alarm", "city_file_not_sealed")
	return nil
}

// migrate brings the database up to this release.
func (w *works) migrate(ctx context.Context) error {
	migrated, err := w.db.Migrate(ctx)
	if err != nil {
		return err
	}
	if migrated.From != migrated.To {
		w.log.Info("migrated the database", "from", migrated.From, "to", migrated.To, "copy", migrated.Backup)
	}
	w.registry, w.towns = city.New(w.db, w.keys.digests), city.NewDirectory(w.db, w.keys.digests)
	if migrated.From > 0 && migrated.From < sealedSince {
		return w.registry.SealAll(ctx)
	}
	return nil
}

// sealedSince is the migration from which on each city file has a seal.
const sealedSince = 143

// notifiers are the processors that send notices.
func (w *works) notifiers() map[string]processor.Notifier {
	able := map[string]processor.Notifier{}
	for name, adapter := range w.companies {
		if notifier, sends := adapter.(processor.Notifier); sends {
			able[name] = notifier
		}
	}
	return able
}

// openOutbox makes what mail leaves by, if any does.
func (w *works) openOutbox() error {
	mailer, from, err := w.Mail.mailer()
	if err != nil || mailer == nil {
		return err
	}
	w.outbox = notify.New(w.db, from, mailer, w.words)
	return nil
}

// openSandbox makes the company that moves no money, and the adapter to it.
func (w *works) openSandbox() error {
	if w.Sandbox == nil || w.apart {
		return nil
	}
	var err error
	w.company, err = sandbox.New(sandbox.Config{
		URL: w.Sandbox.Origin, Clock: w.clock, Catalogue: w.words, Journal: filepath.Join(w.Data, "sandbox.journal"),
		SecretKey: w.derived("sandbox.key"), NoticeSecret: w.derived("sandbox.notices"), NoticeURL: w.Sandbox.notices,
		HTTP: outbound(), MerchantName: w.merchantName,
	})
	if err != nil {
		return fmt.Errorf("opening the sandbox: %w", err)
	}
	w.companies["sandbox"] = sandbox.Direct(w.company)
	return nil
}

// merchantName is a town's name on the sandbox's pages: whoever pays must know whom.
func (w *works) merchantName(m processor.Merchant, lang locale.Lang) string {
	for _, town := range w.towns.All() {
		if town.Processor.Name == "sandbox" && town.Processor.Merchant == string(m) {
			return town.Name.In(lang)
		}
	}
	return string(m)
}

// derived makes a secret that is the same at every start.
func (w *works) derived(purpose string) secret.String {
	return secret.New(hex.EncodeToString(w.keys.digests.MAC(purpose, nil)))
}

// outbound is the client for every call to the outside. It refuses to call while
// a transaction is open.
func outbound() *http.Client {
	return &http.Client{Transport: db.RefuseInTransaction(http.DefaultTransport), Timeout: 10 * time.Second}
}

// close closes what is open, the database last.
func (w *works) close() error {
	var errs []error
	if w.payments != nil {
		w.payments.Drain()
	}
	if w.company != nil {
		errs = append(errs, w.company.Close())
	}
	return errors.Join(append(errs, w.db.Close())...)
}

// found applies the city files that have changed, and tells what changes.
func (w *works) found(ctx context.Context, name string, text []byte) error {
	plan, err := w.registry.Plan(ctx, name, text)
	if err != nil {
		return err
	}
	if len(plan.Changes) == 0 && !plan.New() {
		return nil
	}
	if plan.Decided() {
		w.holdFile(ctx, plan)
		return nil
	}
	version, err := w.registry.Apply(ctx, plan, "system")
	if err != nil {
		return fmt.Errorf("applying %s: %w", name, err)
	}
	w.log.Info("applied a city file", "city", string(plan.File.City), "version", version.Number, "changes", len(plan.Changes))
	return w.towns.Refresh(ctx)
}
