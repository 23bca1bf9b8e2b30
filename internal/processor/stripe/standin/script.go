package standin

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"
)

// The script and the frame stand for Stripe.js and the Payment Element, so far as
// our page speaks to them. The card is typed into a frame of this origin.
var (
	//go:embed assets/stripe.js
	script string
	//go:embed assets/element.html
	element string
	//go:embed assets/element.js
	elementScript string
)

// ScriptPath is where Stripe.js is served.
const ScriptPath = "/dahlia/stripe.js"

func (s *Server) routeScript(all *http.ServeMux) {
	all.HandleFunc("GET "+ScriptPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write([]byte(strings.ReplaceAll(script, "STANDIN", s.origin)))
	})
	all.HandleFunc("GET /element", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(element))
	})
	all.HandleFunc("GET /element.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write([]byte(elementScript))
	})
	all.HandleFunc("POST /element", func(w http.ResponseWriter, r *http.Request) {
		token, err := s.Type(r.PostFormValue("merchant"), strings.ReplaceAll(r.PostFormValue("number"), " ", ""))
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"token": token})
	})
}
