package city

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// Refusals of this package, beside [ErrFileInvalid] and [ErrNumberMalformed].
var (
	// ErrUnknown: there is no such town, or no such version of it.
	ErrUnknown = fault.New(fault.NotFound, "city_unknown")
	// ErrFileOutdated: another file was applied since the plan was made.
	ErrFileOutdated = fault.New(fault.Conflict, "city_file_outdated")
	// ErrAddressTaken: another town has the host or the path. Address.
	ErrAddressTaken = fault.New(fault.Conflict, "city_address_taken")
	// ErrNeedsApproval: the file takes protection away, or has money go elsewhere,
	// and two people have not said so.
	ErrNeedsApproval = fault.New(fault.Denied, "city_file_needs_approval")
	// ErrMerchantTaken: another town has the processor's merchant, and its
	// payments could not be told apart. Merchant.
	ErrMerchantTaken = fault.New(fault.Conflict, "city_merchant_taken")
)

// Registry applies city files and tells what was applied.
type Registry struct {
	db  *db.DB
	key secret.Key // by which files are sealed
}

// New gives the registry of the towns kept in d.
func New(d *db.DB, key secret.Key) *Registry { return &Registry{d, key} }

// Plan is what applying a file would do.
type Plan struct {
	File    File
	Base    int64 // the version in force that it was compared with; 0 for a new town
	Changes []Change
	// Weakenings are what two people must approve, and Payee, where money goes, what
	// besides is in force a day later and not before.
	Weakenings []Weakening
	Payee      []Change

	data   []byte
	digest string
	before File // in force; the zero File before the first
}

// New reports whether the file would found a town.
func (p Plan) New() bool { return p.Base == 0 }

// Plan reads a file and compares it with what is in force. Nothing is written:
// show the plan to somebody, then [Registry.Apply] it. Returns [*MistakesError],
// [ErrAddressTaken], [ErrMerchantTaken].
func (r *Registry) Plan(ctx context.Context, name string, data []byte) (Plan, error) {
	file, err := Parse(name, data)
	if err != nil {
		return Plan{}, err
	}
	var plan Plan
	err = r.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		if err := errors.Join(free(ctx, tx, file), r.ownMerchant(ctx, tx, file)); err != nil {
			return err
		}
		var err error
		plan, err = r.compare(ctx, tx, name, file)
		return err
	})
	if err != nil {
		return Plan{}, fmt.Errorf("planning city file %s: %w", name, err)
	}
	plan.data, plan.digest = data, digest(data)
	return plan, nil
}

// free refuses a file whose addresses another town has.
func free(ctx context.Context, tx *db.Tx, file File) error {
	for _, address := range file.addresses() {
		holder, err := selectHolder(ctx, tx, address)
		if err != nil {
			return err
		}
		if holder != "" && holder != file.City {
			_, shown, _ := strings.Cut(address, ":")
			return ErrAddressTaken.With("Address", shown)
		}
	}
	return nil
}

// compare sets a file beside the one in force, and refuses to rewrite rules
// that payments were priced by.
func (r *Registry) compare(ctx context.Context, tx *db.Tx, name string, file File) (Plan, error) {
	current, err := selectCurrent(ctx, tx)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{File: file, Base: current[file.City]}
	inForce, err := r.load(ctx, tx, file.City, plan.Base)
	if err != nil {
		return Plan{}, err
	}
	today := calendar.Of(tx.Now(), file.Zone)
	problems := forbidden(inForce, file, today)
	if inForce.City != "" {
		problems = append(problems, rewritten(inForce, file, today)...)
	}
	if len(problems) > 0 {
		return Plan{}, &MistakesError{name, problems}
	}
	plan.before, plan.Changes = inForce, Diff(inForce, file)
	plan.Weakenings, plan.Payee = Weakenings(inForce, file), Payee(inForce, file)
	if plan.Base > 0 && inForce.City == "" {
		plan.Weakenings = []Weakening{{"file", "the one in force cannot be read, or was not applied here: nobody can tell what this one takes away"}}
	}
	return plan, nil
}

// ownMerchant refuses a file that names another town's merchant.
func (r *Registry) ownMerchant(ctx context.Context, tx *db.Tx, file File) error {
	current, err := selectCurrent(ctx, tx)
	if err != nil {
		return err
	}
	for town, number := range current {
		if town == file.City {
			continue
		}
		other, err := r.load(ctx, tx, town, number)
		if err != nil {
			return err
		}
		if other.Processor.Name == file.Processor.Name && other.Processor.Merchant == file.Processor.Merchant {
			return ErrMerchantTaken.With("Merchant", file.Processor.Merchant)
		}
	}
	return nil
}

// load reads a kept file, none before the first. A file that this release
// cannot read any more, or that was not applied here, counts as none too: a better
// one must be able to take its place, if two people say so.
func (r *Registry) load(ctx context.Context, tx *db.Tx, city id.City, number int64) (File, error) {
	if number == 0 {
		return File{}, nil
	}
	_, data, err := selectFile(ctx, tx, r.key, city, number)
	if errors.Is(err, ErrNotSealed) {
		return File{}, nil
	}
	if err != nil {
		return File{}, fmt.Errorf("loading version %d of %s: %w", number, city, err)
	}
	file, err := Parse(versionName(city, number), data)
	if errors.Is(err, ErrFileInvalid) {
		return File{}, nil
	}
	return file, err
}

func versionName(city id.City, number int64) string {
	return fmt.Sprintf("%s, version %d", city, number)
}

// Apply puts a plan in force and records who did it. The same file again
// changes nothing and leaves no version. Returns [ErrFileOutdated] if another
// file was applied since the plan was made, [*MistakesError] if midnight has
// passed and rules have come into force meanwhile, [ErrNeedsApproval] if the plan
// is one that two people decide. A [Directory] learns of it by its next Refresh,
// on whichever node it is.
func (r *Registry) Apply(ctx context.Context, plan Plan, actor audit.Actor) (Version, error) {
	return r.put(ctx, plan, actor, func(_ context.Context, _ *db.Tx, plan Plan) error {
		if plan.Decided() {
			return ErrNeedsApproval
		}
		return nil
	})
}

// put puts a plan in force, if it may be, in one transaction.
func (r *Registry) put(ctx context.Context, plan Plan, actor audit.Actor, may func(context.Context, *db.Tx, Plan) error) (Version, error) {
	var applied Version
	err := r.db.Write(ctx, plan.File.City, func(ctx context.Context, tx *db.Tx) error {
		again, err := r.again(ctx, tx, plan)
		if err == nil {
			err = may(ctx, tx, again)
		}
		if err == nil {
			applied, err = r.apply(ctx, tx, again, actor)
		}
		return err
	})
	if errors.Is(err, db.ErrDuplicate) {
		err = ErrFileOutdated.Because(err) // somebody was faster, with this town or with its address
	}
	if err != nil {
		return Version{}, fmt.Errorf("applying city file of %s: %w", plan.File.City, err)
	}
	return applied, nil
}

// again makes a plan anew, inside the transaction that carries it out.
func (r *Registry) again(ctx context.Context, tx *db.Tx, plan Plan) (Plan, error) {
	again, err := r.compare(ctx, tx, versionName(plan.File.City, plan.Base+1), plan.File)
	if err == nil && again.Base != plan.Base {
		err = ErrFileOutdated
	}
	again.data, again.digest = plan.data, plan.digest
	return again, err
}

func (r *Registry) apply(ctx context.Context, tx *db.Tx, plan Plan, actor audit.Actor) (Version, error) {
	if !plan.New() {
		inForce, _, err := selectFile(ctx, tx, r.key, plan.File.City, plan.Base)
		if err == nil && inForce.Digest == plan.digest || err != nil && !errors.Is(err, ErrNotSealed) {
			return inForce, err
		}
	}
	v := Version{Number: plan.Base + 1, AppliedAt: tx.Now(), AppliedBy: string(actor), Digest: plan.digest}
	moveCurrent(tx, v.Number)
	insertVersion(tx, v, plan.data)
	insertSeal(tx, v.Number, sealOf(r.key, plan.File.City, v.Number, plan.data))
	replaceAddresses(tx, plan.File.addresses())
	audit.RecordTx(tx, event(plan, v, actor))
	return v, nil
}

// event tells what was changed, not only that something was: the file names
// who is paid and what residents are charged.
func event(plan Plan, v Version, actor audit.Actor) audit.Event {
	lines := make([]string, len(plan.Changes))
	for i, c := range plan.Changes {
		lines[i] = c.String()
	}
	return audit.Event{
		Actor: actor, Action: "city.apply", Thing: string(plan.File.City),
		Detail: map[string]string{
			"version": strconv.FormatInt(v.Number, 10), "digest": v.Digest, "changes": strings.Join(lines, "\n"),
			"weakens": strings.Join(words(plan.Weakenings), "\n"),
		},
	}
}

// Versions lists what was applied to a town, the newest first; none for a town
// that is not known.
func (r *Registry) Versions(ctx context.Context, city id.City) ([]Version, error) {
	var versions []Version
	err := r.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		versions, err = selectVersions(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing versions of %s: %w", city, err)
	}
	return versions, nil
}

// Kept gives a file as it was applied, byte for byte. Returns [ErrUnknown].
func (r *Registry) Kept(ctx context.Context, city id.City, number int64) ([]byte, error) {
	var data []byte
	err := r.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		_, data, err = selectFile(ctx, tx, r.key, city, number)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fetching version %d of %s: %w", number, city, err)
	}
	return data, nil
}
