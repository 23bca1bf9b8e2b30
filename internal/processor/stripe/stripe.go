package stripe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"

	"clearwell/internal/clock"
	"clearwell/internal/processor"
	"clearwell/internal/secret"

	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/form"
)

// Origin is where Stripe's API is.
const Origin = api.APIURL

// ScriptURL is Stripe.js of the generation that belongs to the API version of
// stripe-go. Stripe keeps it current and offers no fixed file of it.
const ScriptURL = "https://js.stripe.com/" + api.APIMajorVersion + "/stripe.js"

// Keys are what a merchant is known by at Stripe.
type Keys struct {
	// Secret is a secret or restricted key: the merchant's own, or the platform's
	// where the merchant is connected to one (Stripe Connect).
	Secret secret.String
	// Publishable names the merchant, or the platform, to Stripe.js. It is public.
	Publishable string
	// Notices may have signed a notice, the newest first; a retired one stays
	// until its last notices are through.
	Notices []secret.String
	// Connected says that Secret is a platform's, and that requests are made for
	// the merchant by name.
	Connected bool
}

// Config says how to reach Stripe.
type Config struct {
	// Keys finds those of a merchant. They are asked for at each request, so that
	// a key that was replaced is used at once.
	Keys func(processor.Merchant) (Keys, error)
	// Merchants lists all that have keys; a notice is read for the one whose
	// secret has signed it.
	Merchants func() []processor.Merchant
	HTTP      *http.Client // sets how long a request may take
	Clock     clock.Clock
	// URL and Script are Stripe's where not said. They are said in tests.
	URL    string
	Script string
}

// Adapter is Stripe. It is safe for concurrent use.
type Adapter struct {
	cfg     Config
	backend api.Backend
}

// New gives the adapter. Stripe-go's own repeating, telemetry and logging are
// off: what is tried again is for whoever called to decide, and an error may
// quote what was sent.
func New(cfg Config) (*Adapter, error) {
	if cfg.Keys == nil || cfg.Merchants == nil || cfg.HTTP == nil || cfg.Clock == nil {
		return nil, errors.New("reaching Stripe: keys, merchants, an HTTP client and a clock are needed")
	}
	if cfg.URL == "" {
		cfg.URL = Origin
	}
	if cfg.Script == "" {
		cfg.Script = ScriptURL
	}
	backend := api.GetBackendWithConfig(api.APIBackend, &api.BackendConfig{
		URL: api.String(cfg.URL), HTTPClient: cfg.HTTP, MaxNetworkRetries: api.Int64(0),
		EnableTelemetry: api.Bool(false), LeveledLogger: &api.LeveledLogger{Level: api.LevelNull},
	})
	return &Adapter{cfg, backend}, nil
}

// Name is "stripe".
func (*Adapter) Name() string { return "stripe" }

// merchant is one that is about to be acted for.
type merchant struct {
	name processor.Merchant
	Keys
}

// known finds a merchant's keys. Without them nothing is sent.
func (a *Adapter) known(name processor.Merchant) (merchant, error) {
	keys, err := a.cfg.Keys(name)
	if err != nil {
		return merchant{}, processor.ErrNotSent.Because(fmt.Errorf("finding Stripe's keys of %s: %w", name, err))
	}
	if keys.Secret.IsEmpty() {
		return merchant{}, processor.ErrNotSent.Because(fmt.Errorf("there is no secret key of %s for Stripe", name))
	}
	return merchant{name, keys}, nil
}

// post asks Stripe to do something, once for one key. The key may be empty for
// what is harmless twice.
func (a *Adapter) post(ctx context.Context, m merchant, path string, key processor.Key, params api.ParamsContainer, into api.LastResponseSetter) error {
	common := params.GetParams()
	if key != "" {
		common.SetIdempotencyKey(string(key))
	}
	return a.call(ctx, m, http.MethodPost, path, params, into)
}

// read asks Stripe for one thing.
func (a *Adapter) read(ctx context.Context, m merchant, path string, params api.ParamsContainer, into api.LastResponseSetter) error {
	return a.call(ctx, m, http.MethodGet, path, params, into)
}

func (a *Adapter) call(ctx context.Context, m merchant, method, path string, params api.ParamsContainer, into api.LastResponseSetter) error {
	return a.watched(ctx, path, func(ctx context.Context) error {
		common := params.GetParams()
		common.Context = ctx
		if m.Connected {
			common.SetStripeAccount(string(m.name))
		}
		return a.backend.Call(method, path, m.Secret.Reveal(), params, into)
	})
}

// list asks Stripe for one page of a list.
func (a *Adapter) list(ctx context.Context, m merchant, path string, params api.ListParamsContainer, into api.LastResponseSetter) error {
	return a.watched(ctx, path, func(ctx context.Context) error {
		common := params.GetListParams()
		common.Context, common.Limit = ctx, api.Int64(pageSize)
		if m.Connected {
			common.SetStripeAccount(string(m.name))
		}
		query := &form.Values{}
		form.AppendTo(query, params)
		return a.backend.CallRaw(http.MethodGet, path, m.Secret.Reveal(), []byte(query.Encode()), common.ToParams(), into)
	})
}

// pageSize is the most that Stripe gives of a list at once.
const pageSize = 100

// watched makes a request, and says ErrNotSent only when no connection was ever
// had, so that not a byte can have left.
func (a *Adapter) watched(ctx context.Context, path string, ask func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return processor.ErrNotSent.Because(err)
	}
	connected := false
	err := ask(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected = true },
	}))
	if err == nil {
		return nil
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" && !connected {
		return processor.ErrNotSent.Because(err)
	}
	return fmt.Errorf("asking Stripe %s: %w", path, quiet(err))
}

// quiet leaves the address out of what the transport says: it may hold names.
func quiet(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// replayed reports whether Stripe gave the answer to an earlier request under
// the same key, as it was then.
func replayed(answer api.APIResource) bool {
	return answer.LastResponse != nil && strings.EqualFold(answer.LastResponse.Header.Get("Idempotent-Replayed"), "true")
}
