package markup

import (
	"net/http"
	"slices"
	"strings"

	"clearwell/internal/watch/manifest"
)

// passing are headers that say nothing about what a page may do, or differ with
// the road it came. Every other header is a fact: one more of them can weaken a
// page as well as one less.
func passing() []string {
	return []string{
		"Age", "Alt-Svc", "Connection", "Content-Encoding", "Content-Length", "Date", "Keep-Alive", "Server", "Set-Cookie",
		"Transfer-Encoding", "Vary", "Via",
	}
}

// Headers lists the facts of an answer's headers, cookies without what they hold.
// ignored are names of more headers that pass: those of the town's own proxy.
func Headers(header http.Header, ignored []string) []manifest.Fact {
	var all []manifest.Fact
	for name, values := range header {
		name = http.CanonicalHeaderKey(name)
		if slices.Contains(passing(), name) || slices.ContainsFunc(ignored, func(i string) bool { return strings.EqualFold(i, name) }) {
			continue
		}
		all = append(all, manifest.Fact{Subject: manifest.Header, Name: name, Value: strings.Join(values, ", ")})
	}
	for _, line := range header.Values("Set-Cookie") {
		all = append(all, cookie(line))
	}
	return manifest.Sorted(all)
}

// cookie is the name of a cookie and who may read it. How long it lives is said
// with the day and hour, which differ.
func cookie(line string) manifest.Fact {
	parsed, err := http.ParseSetCookie(line)
	if err != nil {
		return manifest.Fact{Subject: manifest.Cookie, Name: "malformed", Value: shortened(line)}
	}
	rights := []string{"path=" + parsed.Path}
	if parsed.Domain != "" {
		rights = append(rights, "domain="+parsed.Domain)
	}
	for says, yes := range map[string]bool{"secure": parsed.Secure, "httponly": parsed.HttpOnly, "lax": parsed.SameSite == http.SameSiteLaxMode, "strict": parsed.SameSite == http.SameSiteStrictMode, "none": parsed.SameSite == http.SameSiteNoneMode} {
		if yes {
			rights = append(rights, says)
		}
	}
	slices.Sort(rights)
	return manifest.Fact{Subject: manifest.Cookie, Name: parsed.Name, Value: strings.Join(rights, " ")}
}
