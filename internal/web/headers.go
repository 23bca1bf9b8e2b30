package web

import (
	"context"
	"net/http"
	"strings"

	"clearwell/internal/web/ui"
)

// common is the headers of every answer, whoever gives it. Pages replace the
// policies by their own.
func common(secure bool) map[string]string {
	all := map[string]string{
		"Cache-Control":                     "no-store",
		"Content-Security-Policy":           ui.Policy{}.String(),
		"Cross-Origin-Opener-Policy":        "same-origin",
		"Integrity-Policy":                  ownFilesOnly,
		"Cross-Origin-Resource-Policy":      "same-origin",
		"Origin-Agent-Cluster":              "?1",
		"Permissions-Policy":                permissions(nil),
		"Referrer-Policy":                   "same-origin", // not "no-referrer": old browsers would then not say where a form comes from
		"X-Content-Type-Options":            "nosniff",
		"X-Frame-Options":                   "DENY",
		"X-Permitted-Cross-Domain-Policies": "none",
	}
	if secure {
		all["Strict-Transport-Security"] = "max-age=63072000" // two years; what else a town has below its host is not ours to say
	}
	return all
}

// ownFilesOnly has browsers refuse a script whose digest the page does not name.
const ownFilesOnly = "blocked-destinations=(script), endpoints=(" + reportGroup + ")"

// denied is what no page of ours ever asks a browser for.
func denied() []string {
	return []string{
		"accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
		"fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi",
		"picture-in-picture", "screen-wake-lock", "serial", "sync-xhr", "usb", "xr-spatial-tracking",
	}
}

// permissions denies everything, but for the wallets in the processor's frame, and
// for passkeys on our own pages.
func permissions(frames []string) string {
	var b strings.Builder
	for _, feature := range denied() {
		b.WriteString(feature + "=(), ")
	}
	b.WriteString("publickey-credentials-create=(self), publickey-credentials-get=(self), ")
	b.WriteString("payment=(self")
	for _, origin := range frames {
		b.WriteString(` "` + origin + `"`)
	}
	return b.String() + ")"
}

// allow sets what one page may do. A processor's own script comes without a
// digest: its release is the processor's.
func allow(header http.Header, p ui.Policy) {
	if len(p.Scripts) > 0 {
		header.Del("Integrity-Policy")
	}
	if p.Group != "" {
		header.Set("Reporting-Endpoints", p.Group+`="`+p.Reports+`"`)
	}
	header.Set("Content-Security-Policy", p.String())
	header.Set("Permissions-Policy", permissions(p.Frames))
}

func (k *Kit) headers(next http.Handler) http.Handler {
	all := common(k.cfg.Secure)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range all {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

const (
	mostBody    = 8 << 10 // bytes; the longest form of a resident has a few hundred
	mostAddress = 2 << 10 // bytes of path and query
)

// bound ends what is too large or too slow.
func (k *Kit) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.RequestURI()) > mostAddress {
			k.send(w, r, k.missing(r))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		r = r.WithContext(ctx)
		most := int64(mostBody)
		if IsReport(r) {
			most = mostReport
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// serveOwn serves the assets of the design. What looks like one and is none goes
// on, to the one answer for what is unknown.
func (k *Kit) serveOwn(next http.Handler) http.Handler {
	missed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sceneOf(r).route = ""
		next.ServeHTTP(w, r)
	})
	assets := k.assets.Before(missed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, ui.AssetPrefix) {
			next.ServeHTTP(w, r)
			return
		}
		sceneOf(r).route = "GET " + ui.AssetPrefix
		assets.ServeHTTP(w, r)
	})
}

// sameSite refuses forms that another site sends.
func (k *Kit) sameSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := k.foreign.Check(r); err != nil {
			k.cfg.Alarms.Raise(r.Context(), sceneOf(r).town.City(), ForeignForm, sceneOf(r).route)
			k.send(w, r, k.sorry(r, errForeign))
			return
		}
		next.ServeHTTP(w, r)
	})
}
