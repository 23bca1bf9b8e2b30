package money

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var (
	_ sql.Scanner      = (*Amount)(nil)
	_ driver.Valuer    = Amount{}
	_ json.Marshaler   = Amount{}
	_ json.Unmarshaler = (*Amount)(nil)
)

func TestScanAndValue(t *testing.T) {
	var got Amount
	if err := got.Scan(int64(-1234)); err != nil || got != Cents(-1234) {
		t.Errorf("Scan = %v, %v", got, err)
	}
	if stored, err := got.Value(); err != nil || stored != int64(-1234) {
		t.Errorf("Value = %v, %v", stored, err)
	}
	for _, src := range []any{nil, "12", 12.0, []byte("12"), int64(math.MaxInt64), int64(-MaxCents - 1)} {
		if err := got.Scan(src); err == nil || got != Cents(-1234) {
			t.Errorf("Scan(%v) = %v, %v; want an error and no change", src, got, err)
		}
	}
	var maybe sql.Null[Amount]
	if err := maybe.Scan(nil); err != nil || maybe.Valid {
		t.Errorf("Scan of NULL = %v, %v", maybe, err)
	}
}

func TestJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := amounts().Draw(t, "amount")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Amount
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%v became %s, then %v, %v", want, text, got, err)
		}
	})
	for text, want := range map[string]error{
		`12.50`: ErrMalformed, `"12"`: ErrMalformed, `1e2`: ErrMalformed, `null`: ErrMalformed, `true`: ErrMalformed,
		`99999999999999999999`: ErrMalformed, `1000000000000001`: ErrRange,
	} {
		var got Amount
		if err := json.Unmarshal([]byte(text), &got); !errors.Is(err, want) {
			t.Errorf("Unmarshal(%s) error = %v, want %v", text, err, want)
		}
	}
}
