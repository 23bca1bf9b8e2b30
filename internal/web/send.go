package web

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"strconv"
)

// send writes an answer. A page is made whole before its first byte is sent, so
// that an error in the middle is a page too.
func (k *Kit) send(w http.ResponseWriter, r *http.Request, a Answer) {
	switch {
	case a.away != "":
		w.Header().Set("Location", a.away)
		w.WriteHeader(a.status)
	case a.content != nil:
		if a.content.named { // it may be kept; and it is the town's own picture
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		}
		k.write(w, r, a, a.content.mediaType, a.content.bytes)
	default:
		k.sendPage(w, r, a)
	}
}

func (k *Kit) sendPage(w http.ResponseWriter, r *http.Request, a Answer) {
	var page bytes.Buffer
	// A browser that has left is no reason to break off, and to call it broken.
	if err := a.page.Render(context.WithoutCancel(r.Context()), &page); err != nil {
		k.cfg.Log.ErrorContext(r.Context(), "rendering a page", "route", sceneOf(r).route, "err", err.Error())
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	allow(w.Header(), k.reporting(a.policy, r))
	w.Header().Set("Content-Language", string(sceneOf(r).lang))
	k.write(w, r, a, "text/html; charset=utf-8", page.Bytes())
}

func (k *Kit) write(w http.ResponseWriter, r *http.Request, a Answer, mediaType string, content []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // the browser left; there is nobody to tell
	}
}

// plainPath reports whether a path is written in the one way that counts. Others
// are unknown: the standard library would send them elsewhere, and so tell which
// exist.
func plainPath(address string) bool { return address == path.Clean(address) }
