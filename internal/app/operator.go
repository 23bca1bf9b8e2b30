package app

import (
	"os"
	"os/user"

	"clearwell/internal/audit"
)

// operator is who runs a command, as the audit log names them: "operator:" and
// the name and machine they are logged in as. Behind sudo it is who called it.
func operator() audit.Actor {
	name := os.Getenv("SUDO_USER")
	if name == "" {
		name = loggedIn()
	}
	machine, err := os.Hostname()
	if err != nil {
		machine = "unknown"
	}
	return audit.Actor("operator:" + name + "@" + machine)
}

func loggedIn() string {
	me, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return me.Username
}
