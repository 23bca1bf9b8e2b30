package law

import (
	"strings"

	"clearwell/internal/calendar"
)

// Contact is an office whose address letters print. Addresses age faster than
// law, so each has the days between which it is good.
type Contact struct {
	Key   string        `yaml:"key"` // "bureau.equifax", "ftc", "attorney_general.TX"
	Name  string        `yaml:"name"`
	Lines []string      `yaml:"lines"`
	Phone string        `yaml:"phone"`
	Site  string        `yaml:"site"`
	From  calendar.Date `yaml:"from"`
	Until calendar.Date `yaml:"until"`

	Source   string `yaml:"source"`
	Verified string `yaml:"verified"`
}

// Contacts lists the contacts of a key on a day; "bureau" finds all three.
func (b *Book) Contacts(key string, on calendar.Date) []Contact {
	var all []Contact
	for _, c := range b.contacts {
		begun := c.From.IsZero() || !on.Before(c.From)
		ended := !c.Until.IsZero() && on.After(c.Until)
		if (c.Key == key || strings.HasPrefix(c.Key, key+".")) && begun && !ended {
			all = append(all, c)
		}
	}
	return all
}
