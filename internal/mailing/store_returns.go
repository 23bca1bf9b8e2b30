package mailing

import (
	"context"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

// selectPosted lists the postings of a letter that were handed over by a day;
// nil where there is no such letter, and 0 where nothing of it was.
func selectPosted(ctx context.Context, tx *db.Tx, name string, n Number, by calendar.Date) ([]int, error) {
	rows, err := tx.Query(ctx, `select case when m.state = 'posted' and m.posted_on <= $4 then p.posting else 0 end
		from mailing_postings p join mailings m on m.city_id = p.city_id and m.incident = p.incident and m.number = p.mailing
		where p.city_id = $1 and p.incident = $2 and p.number = $3 order by 1 desc`, string(tx.City()), name, int(n), by.String())
	if err != nil {
		return nil, err
	}
	var all []int
	err = rows.Each(func(scan func(...any) error) error {
		var posting int
		err := scan(&posting)
		all = append(all, posting)
		return err
	})
	return all, err
}

// updateReturned tells whether it was not noted before.
func updateReturned(ctx context.Context, tx *db.Tx, e envelope, r Return) (int, error) {
	count, err := tx.Count(ctx, `update mailing_postings set returned_on = $4, why = $5
		where city_id = $1 and number = $2 and posting = $3 and returned_on is null`,
		string(tx.City()), int(e.number), e.posting, r.On.String(), r.Why)
	return int(count), err
}

func updateCorrected(tx *db.Tx, p Piece, lines []string) {
	tx.ExecOne(ErrOvertaken, "update mailing_postings set corrected = $4 where city_id = $1 and number = $2 and posting = $3",
		string(tx.City()), int(p.Number), p.Posting, strings.Join(lines, "\n"))
}
