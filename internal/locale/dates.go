package locale

import (
	"fmt"
	"strings"
	"time"

	"clearwell/internal/calendar"
)

// words are the parts of dates and lists in one language (CLDR en-US, es-US).
type words struct {
	months, shortMonths     [12]string
	weekdays, shortWeekdays [7]string // Sunday first, as time.Weekday counts
	am, pm                  string
	day                     func(month string, day, year int) string
	of                      string // between month and year
	at                      string // between day and time
	and                     func(next string) string
}

func wordsOf(lang Lang) words {
	if lang == Spanish {
		return spanish()
	}
	return english()
}

func english() words {
	return words{
		months:        [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		shortMonths:   [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays:      [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		shortWeekdays: [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		am:            "a.m.", pm: "p.m.",
		day: func(month string, day, year int) string { return fmt.Sprintf("%s %d, %d", month, day, year) },
		of:  " ", at: " at ",
		and: func(string) string { return " and " },
	}
}

// spanish keeps "a. m." on one line with a space that does not break.
func spanish() words {
	return words{
		months:        [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
		shortMonths:   [...]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"},
		weekdays:      [...]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		shortWeekdays: [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
		am:            "a.\u00a0m.", pm: "p.\u00a0m.",
		day: func(month string, day, year int) string { return fmt.Sprintf("%d de %s de %d", day, month, year) },
		of:  " de ", at: ", ",
		and: spanishAnd,
	}
}

// spanishAnd is "y", or "e" before the sound of i.
func spanishAnd(next string) string {
	lower := strings.ToLower(next)
	for _, sound := range []string{"i", "í", "hi", "hí"} {
		if strings.HasPrefix(lower, sound) && !strings.HasPrefix(lower, "hie") {
			return " e "
		}
	}
	return " y "
}

// Date writes a day in full: "November 24, 2026"; "24 de noviembre de 2026". No
// day is no words, here and below.
func (p *Printer) Date(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.words.day(p.words.months[d.Month()-1], d.Day(), d.Year())
}

// Weekday writes a day with the day of the week: "Tuesday, November 24, 2026";
// "martes, 24 de noviembre de 2026".
func (p *Printer) Weekday(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.words.weekdays[d.Weekday()] + ", " + p.Date(d)
}

// ShortDate writes a day for a table: "Tue, Nov 24, 2026"; "mar, 24 de nov de
// 2026".
func (p *Printer) ShortDate(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	month := p.words.shortMonths[d.Month()-1]
	return p.words.shortWeekdays[d.Weekday()] + ", " + p.words.day(month, d.Day(), d.Year())
}

// Month writes the month of a day: "November 2026"; "noviembre de 2026".
func (p *Printer) Month(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s%s%d", p.words.months[d.Month()-1], p.words.of, d.Year())
}

// Time writes an instant as the clocks of a town show it, to the minute:
// "November 24, 2026 at 3:04 p.m. EST"; "24 de noviembre de 2026, 3:04 p. m. EST".
func (p *Printer) Time(t time.Time, zone *time.Location) string {
	day := p.Date(calendar.Of(t, zone))
	return day + p.words.at + p.Clock(t, zone) + "\u00a0" + t.In(zone).Format("MST")
}

// Clock writes the time of day of an instant: "3:04 p.m."; "3:04 p. m.". No line
// ends within it.
func (p *Printer) Clock(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	half := p.words.am
	if local.Hour() >= 12 {
		half = p.words.pm
	}
	return local.Format("3:04") + "\u00a0" + half
}
