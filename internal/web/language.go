package web

import (
	"net/http"
	"slices"

	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
)

// languageField is the query field by which a page is asked for in a language.
const languageField = "lang"

// speak finds out the language: chosen on a page, chosen before, or what the
// browser asks for. A choice is kept in a cookie that holds nothing else.
func (k *Kit) speak(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sceneOf(r)
		chosen, ok := spoken(r.URL.Query().Get(languageField))
		if ok {
			k.keepLanguage(w, chosen)
		}
		if cookie, err := r.Cookie(languageField); !ok && err == nil {
			chosen, ok = spoken(cookie.Value)
		}
		if !ok {
			chosen = locale.Match(r.Header.Get("Accept-Language"))
		}
		s.lang = s.town.offered(chosen)
		next.ServeHTTP(w, r)
	})
}

// spoken reads the name of a language that we speak.
func spoken(name string) (locale.Lang, bool) {
	return locale.Lang(name), slices.Contains(locale.Languages[:], locale.Lang(name))
}

// offered is the language, or the town's first where it is not offered.
func (t Town) offered(lang locale.Lang) locale.Lang {
	if t.File == nil || len(t.File.Languages) == 0 || slices.Contains(t.File.Languages, lang) {
		return lang
	}
	return t.File.Languages[0]
}

func (k *Kit) keepLanguage(w http.ResponseWriter, lang locale.Lang) {
	http.SetCookie(w, &http.Cookie{
		Name: languageField, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 60 * 60,
		Secure: k.cfg.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// otherLanguages leads to the same page in the other languages of the town, and
// to the first page from one at an address that is unknown or must not be
// repeated. The query is left out: no page needs one.
func otherLanguages(r *http.Request, s *scene) []ui.Language {
	address := s.town.Base + "/"
	if s.route != "" && !s.mute {
		address = s.town.Base + r.URL.EscapedPath()
	}
	var others []ui.Language
	for _, lang := range locale.Languages {
		if lang != s.lang && s.town.offered(lang) == lang {
			others = append(others, ui.Language{
				Code: string(lang), Name: ownName(lang), Address: address + "?" + languageField + "=" + string(lang),
			})
		}
	}
	return others
}

// ownName is what a language is called by those who speak it.
func ownName(lang locale.Lang) string {
	if lang == locale.Spanish {
		return "Español"
	}
	return "English"
}
