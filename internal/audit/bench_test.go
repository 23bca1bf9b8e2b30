package audit_test

import (
	"testing"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// BenchmarkSeal tells what an event costs the sealer.
func BenchmarkSeal(b *testing.B) {
	open := map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for name, open := range open {
		b.Run(name, func(b *testing.B) {
			d := open(b, clock.NewManual(dbtest.Began))
			l := audit.New(d, newKey(b))
			recordAtOnce(b, d, b.N)
			b.ResetTimer()
			seal(b, l)
		})
	}
}
