package notify

import (
	"context"
	"errors"
	"testing"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/locale"
)

// Migrations that change which kinds the outbox takes follow each other, and one
// that forgets a kind would be noticed on the day that kind is needed.
func TestTheOutboxTakesEveryKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		contents := []Content{Receipt{Zone: "UTC"}, PageAlarm{Zone: "UTC"}, LoginCode{}, LoginNews{Zone: "UTC"}, TownWarning{Zone: "UTC"}, BreachNotice{}, PaymentReturned{}}
		for _, content := range contents {
			err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
				insert(tx, Message{Key: string(content.kind()), To: "a@b.example", Language: locale.English, Content: content}, "{}")
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", content.kind(), err)
			}
		}
		for _, q := range queuedNow(t, d) {
			if _, err := decode(q); err != nil {
				t.Error(err)
			}
		}
		if err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			tx.Exec("update outbox_messages set kind = 'poem' where city_id = $1", string(town))
			return nil
		}); err == nil || errors.Is(err, ErrAddress) {
			t.Errorf("it takes any kind: %v", err)
		}
	})
}

func queuedNow(t *testing.T, d *db.DB) (all []queued) {
	t.Helper()
	err := d.Read(t.Context(), town, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = selectDue(ctx, tx, batch)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}
