package view

import (
	"time"

	"clearwell/internal/web/ui"
)

func addLogins(add adder) {
	asking := func(name string, asks Asking, change func(*Enter)) {
		add(name, func(p ui.Page) View {
			v := Enter{Page: p, Form: Form{Action: "/sample"}, Asks: asks}
			change(&v)
			return v
		})
	}
	links := func(v *Enter) {
		v.Links = []Link{{"/sign-up", "resident.login.to_sign_up"}, {"/forgotten", "resident.login.to_recover"}}
	}
	asking("sign-in", AskSignIn, links)
	asking("sign-in-wrong", AskSignIn, func(v *Enter) {
		links(v)
		v.Email = "maria@example.com"
		v.Page.Errors = []ui.FieldError{{Field: FieldPassword, Text: v.Page.Words.T("fault.login_no_match")}}
	})
	asking("sign-in-locked", AskSignIn, func(v *Enter) {
		links(v)
		v.Email = "maria@example.com"
		v.Page.Errors = []ui.FieldError{{Field: FieldPassword, Text: v.Page.Words.T("fault.login_locked", "Count", 30)}}
	})
	asking("sign-up", AskSignUp, func(v *Enter) { v.Links = []Link{{"/sign-in", "resident.login.to_sign_in"}} })
	asking("sign-up-wrong", AskSignUp, func(v *Enter) {
		v.Email = "maria at example"
		v.Page.Errors = []ui.FieldError{
			{Field: FieldEmail, Text: v.Page.Words.T("fault.login_email")}, {Field: FieldPassword, Text: v.Page.Words.T("fault.password_short", "Count", 12)},
		}
	})
	asking("recover", AskRecover, func(v *Enter) { v.Links = []Link{{"/sign-in", "resident.login.to_sign_in"}} })
	asking("code", AskCode, func(v *Enter) {
		v.Email = "maria@example.com"
		v.Links = []Link{{"/sign-in", "resident.login.to_again"}}
	})
	asking("code-wrong", AskCode, func(v *Enter) {
		v.Email = "maria@example.com"
		v.Page.Errors = []ui.FieldError{{Field: FieldCode, Text: v.Page.Words.T("fault.login_code_wrong")}}
	})
	asking("new-password", AskNewPassword, func(*Enter) {})
	asking("prove", AskProof, func(v *Enter) { v.Email = "maria@example.com" })
	asking("new-email", AskNewEmail, func(*Enter) {})
	asking("delete-login", AskDelete, func(v *Enter) { v.Links = []Link{{"/my/settings", "resident.login.to_settings"}} })
	add("home", func(p ui.Page) View {
		return Home{Page: p, Email: "maria@example.com", Done: "resident.done.signed_up", Pay: "/", Settings: "/my/settings", SignOut: Form{Action: "/my/out"}}
	})
	add("settings", func(p ui.Page) View { return sampleSettings(p) })
	add("settings-elsewhere", func(p ui.Page) View {
		v := sampleSettings(p)
		v.Done = "resident.done.password"
		v.Sessions = append(v.Sessions,
			SignedIn{Name: "session_2", Agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1", SeenAt: sampleInstant().Add(-5 * time.Minute)},
			SignedIn{Name: "session_3", Agent: "a browser of one's own", SeenAt: sampleInstant().Add(-20 * time.Minute)})
		return v
	})
}

func sampleSettings(p ui.Page) Settings {
	return Settings{
		Page: p, Email: "maria@example.com", End: Form{Action: "/my/sessions"}, Password: "/my/password", NewEmail: "/my/email",
		Export: "/my/export", Delete: "/my/delete", Home: "/my",
		Sessions: []SignedIn{{Name: "session_1", Agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", SeenAt: sampleInstant(), Here: true}},
	}
}
