package logbook

import "regexp"

// form is what a value must be.
type form struct {
	kind kind
	text *regexp.Regexp // of words
}

type kind int

const (
	word   kind = iota // text of a form
	number             // a whole number
	facts              // a group of yes and no
	prose              // text that others write: of errors
)

func like(pattern string) form { return form{word, regexp.MustCompile(`^(?:` + pattern + `)$`)} }

// Forms is every word under which something may be logged.
func Forms() map[string]form {
	const address = `[0-9a-fA-F.:\[\]]{1,60}`
	const sum = `-?\$?[0-9,]{1,12}\.[0-9]{2}`
	return map[string]form{
		"alarm":         like(`[a-z_]{1,40}`),
		"amount":        like(sum),
		"approved":      like(sum),
		"asked":         like(sum),
		"changes":       {kind: number},
		"code":          like(`[A-Z][0-9]{2}|not_sent|`), // of the network or the bank
		"city":          like(`\*|[a-z][a-z0-9-]{0,39}|`),
		"confined":      {kind: facts},
		"copy":          like(`[\w./ -]{0,300}`), // a path that the operator has set
		"debits":        {kind: number},
		"err":           {kind: prose},
		"error":         {kind: prose},
		"files":         {kind: number},
		"from":          {kind: number},
		"job":           like(`[a-z ]{1,40}`),
		"kind":          like(`[a-z_]{1,30}`),
		"late":          like(`[0-9.hmsµn]{1,30}`),
		"lost":          {kind: number},
		"level":         like(`[a-z]{1,30}`),
		"mark":          like(`[2-9A-Z]{3}-[2-9A-Z]{3}`),
		"method":        like(`GET|HEAD|POST|other`),
		"ms":            {kind: number},
		"node":          like(`[\w.-]{1,80}(/[0-9]{1,16}){0,2}`),
		"notice":        like(`[\w.-]{0,80}`),
		"oldest":        like(`[0-9]{4}-[0-9]{2}-[0-9]{2}`),
		"outcome":       like(`[a-z_]{1,20}`),
		"payment":       like(`[a-z]{2,12}_[0-9A-Za-z]{10,40}|`),
		"portal":        like(address),
		"processor":     like(`[a-z][a-z0-9-]{0,39}|`),
		"proxy":         like(address),
		"put_off":       {kind: number}, // messages that are tried again
		"reference":     like(`[\w.-]{0,80}`),
		"release":       like(`[0-9a-f]{64}`),
		"returns":       {kind: number},
		"route":         like(`(GET |POST )?/[\w/{}.$-]{0,80}|`),
		"setting":       like(`[a-z_]{1,40}`),
		"sighting":      like(`[a-z]{2,12}_[0-9A-Za-z]{10,40}`),
		"stack":         {kind: prose},
		"status":        {kind: number},
		"to":            {kind: number},
		"undeliverable": {kind: number},
		"version":       {kind: number},
	}
}
