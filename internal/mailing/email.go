package mailing

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
)

// EmailPlan is whom an e-mail beside the letters would reach.
type EmailPlan struct {
	Revision  int
	Content   string
	Had       int // were written to by this text already
	NoAddress int // have no e-mail address
	NoLetter  int // have no letter with this text: the e-mail never stands for one
	Forbidden int // live where the law on file does not allow it
	fresh     []emailed
}

// emailed is somebody who is written to.
type emailed struct {
	incident.Person
	lang locale.Lang
}

// Fresh is how many would be written to.
func (p EmailPlan) Fresh() int { return len(p.fresh) }

// EmailOf names the e-mail of a letter's text.
func EmailOf(content string) string { return "email-" + content }

// PlanEmail says whom an e-mail with the words of a letter would reach: of those
// on the list, who gave an address, has the letter, and lives where the law of
// the letter's day allows it. It writes nothing. Returns what [Service.Plan] does.
func (s *Service) PlanEmail(ctx context.Context, city id.City, o Order, book *law.Book) (EmailPlan, error) {
	_, r, err := s.frozen(ctx, city, o)
	if err != nil {
		return EmailPlan{}, err
	}
	letters, err := s.Letters(ctx, city, o.Incident)
	if err != nil {
		return EmailPlan{}, err
	}
	content := o.Terms.Content(letter.Exposed)
	has := map[string]bool{}
	for _, l := range letters {
		has[l.Person] = has[l.Person] || l.Content == content
	}
	plan := EmailPlan{Revision: r.Number, Content: EmailOf(content)}
	err = s.incidents.Each(ctx, city, o.Incident, r.Number, func(p incident.Person) error {
		plan.sort(p, o.Terms.Notice, book, has[p.ID])
		return nil
	})
	return plan, err
}

func (p *EmailPlan) sort(one incident.Person, n letter.Notice, book *law.Book, hasLetter bool) {
	state := one.State
	if state == "" {
		state = n.State
	}
	parsed, err := mail.ParseAddress(one.Email)
	told := func() bool {
		for _, t := range one.Told {
			if t.Content == p.Content {
				return true
			}
		}
		return false
	}
	switch {
	case told():
		p.Had++
	case err != nil || parsed.Address != one.Email:
		p.NoAddress++
	case !hasLetter:
		p.NoLetter++
	case !book.Electronic(n.Entity, state, n.On).Allowed:
		p.Forbidden++
	default:
		one.State = state
		p.fresh = append(p.fresh, emailed{one, letter.Spoken(one.Language)})
	}
}

// Email queues the e-mails, and notes each of these people as told by it, in one
// transaction for each of them with its message: once for each person and text,
// however often it is run. With agreed, it refuses another number than somebody
// has seen. Returns what [Service.PlanEmail] does, [ErrNobody] and [ErrOvertaken].
func (s *Service) Email(ctx context.Context, city id.City, o Order, book *law.Book, agreed *int, by audit.Actor) (int, error) {
	plan, err := s.PlanEmail(ctx, city, o, book)
	switch {
	case err != nil:
		return 0, err
	case len(plan.fresh) == 0:
		return 0, ErrNobody
	case agreed != nil && *agreed != len(plan.fresh):
		return 0, ErrOvertaken
	}
	messages, ids, err := s.messages(o, plan)
	if err != nil {
		return 0, err
	}
	told, err := s.incidents.TellBy(ctx, city, o.Incident, plan.Revision, ids, incident.Telling{Content: plan.Content, Way: "email", By: by},
		func(tx *db.Tx, person string) error { return notify.EnqueueTx(tx, messages[person]) })
	if err != nil {
		return told, fmt.Errorf("writing e-mails: %w", err)
	}
	return told, nil
}

// messages composes each text once for each state and language.
func (s *Service) messages(o Order, plan EmailPlan) (map[string]notify.Message, []string, error) {
	texts := map[string]notify.BreachNotice{}
	all := map[string]notify.Message{}
	var ids []string
	for _, one := range plan.fresh {
		key := one.State + " " + string(one.lang)
		if _, made := texts[key]; !made {
			l, err := s.Writer.Compose(o.Terms.Notice, letter.Exposed, one.State, one.lang)
			if err != nil {
				return nil, nil, err
			}
			texts[key] = notify.BreachNotice{Town: o.Terms.Notice.Town, Title: l.Title, Paragraphs: paragraphs(l)}
		}
		ids = append(ids, one.ID)
		all[one.ID] = notify.Message{
			Key: "breach " + o.Incident + " " + plan.Content + " " + one.ID, To: one.Email, Language: one.lang, Content: texts[key],
		}
	}
	return all, ids, nil
}

// paragraphs are the words of a letter, one after another.
func paragraphs(l letter.Letter) []string {
	var all []string
	for _, section := range l.Sections {
		all = append(all, section.Heading)
		for _, p := range section.Paragraphs {
			all = append(all, strings.Join(append([]string{p.Text}, p.Addresses()...), "\n"))
		}
	}
	var said []string
	for _, text := range all {
		if text = strings.TrimSpace(text); text != "" {
			said = append(said, text)
		}
	}
	return said
}
