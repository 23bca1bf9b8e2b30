package view

import (
	"time"

	"clearwell/internal/money"
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
	asking("nickname", AskNickname, func(v *Enter) { v.Number = "104-2233-01" })
	asking("delete-login", AskDelete, func(v *Enter) { v.Links = []Link{{"/my/settings", "resident.login.to_settings"}} })
	addHomes(add)
	addSettings(add)
}

func addSettings(add adder) {
	passkey := func(name string, making bool) {
		add(name, func(p ui.Page) View {
			return Passkey{Page: p, Form: Form{Action: "/sample"}, Options: "{}", Making: making, Links: []Link{{"/sign-in", "resident.login.to_others"}}}
		})
	}
	passkey("passkey", false)
	passkey("passkey-new", true)
	add("settings", func(p ui.Page) View { return sampleSettings(p) })
	add("settings-elsewhere", func(p ui.Page) View {
		v := sampleSettings(p)
		v.Done = "resident.done.password"
		v.Passkeys = []KeptPasskey{{ID: "a", Name: "My telephone", MadeAt: sampleInstant()}, {ID: "b", MadeAt: sampleInstant()}}
		v.Sessions = append(v.Sessions,
			SignedIn{Name: "session_2", Agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1", SeenAt: sampleInstant().Add(-5 * time.Minute)},
			SignedIn{Name: "session_3", Agent: "a browser of one's own", SeenAt: sampleInstant().Add(-20 * time.Minute)})
		return v
	})
}

func sampleSettings(p ui.Page) Settings {
	return Settings{
		Page: p, Email: "maria@example.com", End: Form{Action: "/my/sessions"}, Password: "/my/password", NewEmail: "/my/email",
		Export: "/my/export", Delete: "/my/delete", Home: "/my", NewPasskey: "/my/passkey", RemovePasskey: Form{Action: "/my/passkeys"},
		Sessions: []SignedIn{{Name: "session_1", Agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", SeenAt: sampleInstant(), Here: true}},
	}
}

func addHomes(add adder) {
	add("find-adding", func(p ui.Page) View {
		v := sampleFind(p)
		v.Adding = true
		return v
	})
	home := func(p ui.Page) Home {
		return Home{
			Page: p, Email: "maria@example.com", Add: "/my/add", Settings: "/my/settings", SignOut: Form{Action: "/my/out"},
			Pay: Form{Action: "/my/pay"}, Answer: Form{Action: "/my/offers"},
		}
	}
	add("home-empty", func(p ui.Page) View {
		v := home(p)
		v.Done = "resident.done.signed_up"
		return v
	})
	add("home", func(p ui.Page) View {
		v, owed, credit := home(p), money.Cents(8412), money.Cents(-1500)
		one := sampleLinked(p)
		one.Owed, one.Due = &owed, sampleDay(24).AddDays(14)
		mothers := sampleLinked(p)
		mothers.Nickname, mothers.Owed, mothers.Role, mothers.Given, mothers.Until = "Mamá", &credit, RoleSee, true, sampleDay(30)
		gone := sampleLinked(p)
		gone.Nickname, gone.Service = "", ""
		v.UtilityAccounts = []Linked{one, mothers, gone}
		v.Offers = []Offer{{Name: "invite_1", Number: "104-2234-01", Role: RolePay, Until: sampleDay(30)}}
		return v
	})
	sharing := func(p ui.Page) Sharing {
		return Sharing{Page: p, Linked: sampleLinked(p), Change: Form{Action: "/sample"}, Share: Form{Action: "/sample/share"}, Home: "/my"}
	}
	add("sharing", func(p ui.Page) View { return sharing(p) })
	add("sharing-shared", func(p ui.Page) View {
		p.Errors = []ui.FieldError{{Field: FieldUntil, Text: p.Words.T("fault.link_until")}}
		v := sharing(p)
		v.Typed = map[string]string{FieldEmail: "bo@example.com", FieldRole: string(RoleSee), FieldUntil: "2020-01-01"}
		v.Shares = []Share{
			{Name: "link_2", Email: "a.very.long.address.of.a.tenant@mail.example.org", Role: RolePay, Until: sampleDay(30)},
			{Name: "invite_3", Email: "eva@example.com", Role: RoleFull, Offered: true},
		}
		return v
	})
	add("sharing-given", func(p ui.Page) View {
		v := sharing(p)
		v.Linked.Role, v.Linked.Given = RoleSee, true
		return v
	})
}

func sampleLinked(p ui.Page) Linked {
	return Linked{Name: "link_1", Nickname: "Home", Number: "104-2233-01", Service: sampleAbout(p).Service, Role: RoleFull, Address: "/my/utility-accounts/link_1"}
}
