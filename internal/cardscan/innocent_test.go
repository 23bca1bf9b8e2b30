package cardscan

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clearwell/internal/id"
	"clearwell/internal/money"
)

type payment struct{}

func (payment) Prefix() string { return "pay" }

// TestInnocentText is what residents type, clerks write and programs log.
func TestInnocentText(t *testing.T) {
	for _, text := range []string{
		"", "no digits at all", "La factura de María Núñez, número 12, está pagada.",
		"123 N Main St Apt 4, Sampletown, TX 78701-1234", "PO Box 1200, Austin TX 78767-0001", "10234 FM 2222 Rd Unit 1200 78730-4411",
		"W359 N5002 Brown Rd", "1600 Pennsylvania Ave NW", "347 555 1234 11201", "(347) 555-1234, 11201-3344",
		"512-555-0123", "(512) 555-0123", "+1 512 555 0123", "5125550123", "1-800-555-0199", "512.555.0123 or 512.555.0177",
		"Call 347 555 1234 or 347 555 9876", "utility account 12-34567-89", "00123456789", "acct 4021-3377-01",
		"2026-11-24T17:00:00.123456Z", "2026-11-24 17:00:00 2026-11-25 17:00:00", "11/24/2026 12/24/2026", "11-24-2026 12-24-2026",
		"20261124173000", "20261124173000123", "at=1764003600000", "at=1764003600000000", "at=1764003600000000000", "1764003600.123456",
		"meter 40213377 read 0012345 was 0012001", "4,021.33 3,977.10 4,100.99", "$1,234.56 -$5.00 $0.05", "1234567890.12",
		"GET /pay?city=sampletown&step=3 HTTP/1.1 200 1234", "192.168.100.200 10.20.30.40 203.0.113.195", "2001:db8:4242:4242:4242:4242:4242:4242x",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.204 Safari/537.36",
		"9223372036854775807", "-9223372036854775808", "18446744073709551615", "0.30000000000000004", "3.141592653589793", "1.7976931348623157e308",
		"30.267153,-97.743057", "40.8411692981621 -73.8802474669211", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"42424242-4242-4242-8242-424242424a42", "sha256:4242424242424242aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbcccccccccccccccc", "5 of 12, 4 of 16, 3 of 19",
		"routing 111000025", "EIN 74-6000085", "SSN 123-45-6789", "ISBN 0-306-40615-2", "1Z999AA10123456784",
	} {
		if matches := Find(text); len(matches) > 0 {
			m := matches[0]
			t.Errorf("%q in %q is taken for a card number", text[m.Start:m.End], text)
		}
	}
}

// TestFreeTextIsNotLong is what Check must let pass.
func TestFreeTextIsNotLong(t *testing.T) {
	for _, text := range []string{
		"123 N Main St Apt 4, Sampletown, TX 78701-1234", "10234 FM 2222 Rd Unit 1200 78730-4411", "(512) 555-0123", "+1 512-555-0123",
		"12-34567-89", "00123456789", "11/24/2026", "2026-11-24", "$1,234,567.89", "maria.garcia1984@example.com", "123-45-6789",
	} {
		if err := Check(text); err != nil {
			t.Errorf("Check(%q) = %v", text, err)
		}
	}
}

// TestNeverTakenForCards draws values of each kind that share the shape of
// card numbers, and puts them beside each other as logs and forms do.
func TestNeverTakenForCards(t *testing.T) {
	digits := func(n int) *rapid.Generator[string] { return rapid.StringMatching(fmt.Sprintf(`[0-9]{%d}`, n)) }
	from, to := time.Date(2001, 9, 10, 0, 0, 0, 0, time.UTC), time.Date(2033, 5, 18, 0, 0, 0, 0, time.UTC)
	times := rapid.Map(rapid.Int64Range(from.UnixMicro(), to.UnixMicro()), func(us int64) time.Time { return time.UnixMicro(us).UTC() })
	hash := rapid.SliceOfN(rapid.Byte(), 8, 8)
	kinds := map[string]*rapid.Generator[string]{
		"identifier":         rapid.Map(times, func(at time.Time) string { return id.New[payment](at).String() }),
		"time":               rapid.Map(times, func(at time.Time) string { return at.Format(time.RFC3339Nano) }),
		"compact time":       rapid.Map(times, func(at time.Time) string { return at.Format("20060102150405.000000") }),
		"seconds":            rapid.Map(times, func(at time.Time) string { return fmt.Sprint(at.Unix()) }),
		"milliseconds":       rapid.Map(times, func(at time.Time) string { return fmt.Sprint(at.UnixMilli()) }),
		"microseconds":       rapid.Map(times, func(at time.Time) string { return fmt.Sprint(at.UnixMicro()) }),
		"nanoseconds":        rapid.Map(times, func(at time.Time) string { return fmt.Sprint(at.UnixNano()) }),
		"date":               rapid.Map(times, func(at time.Time) string { return at.Format("01/02/2006") }),
		"amount":             rapid.Map(rapid.Int64Range(-money.MaxCents/10, money.MaxCents/10), func(c int64) string { return money.Cents(c).String() }),
		"telephone number":   rapid.Map(digits(10), func(d string) string { return d[:3] + "-" + d[3:6] + "-" + d[6:] }),
		"telephone digits":   rapid.Map(digits(10), func(d string) string { return "1" + d }),
		"ZIP+4":              rapid.Map(digits(9), func(d string) string { return d[:5] + "-" + d[5:] }),
		"utility account":    rapid.StringMatching(`[0-9]{2}-[0-9]{4}-[0-9]{5}|[0-9]{6,11}`),
		"address":            rapid.StringMatching(`[1-9][0-9]{0,4} (N|S) [A-Z][a-z]{3,9} (St|Ave|Rd) (Apt|Unit) [1-9][0-9]{0,3}, [A-Z][a-z]{4,9}, TX 7[0-9]{4}`),
		"UUID":               rapid.Map(hash, func(b []byte) string { return uuid(b) }),
		"digest":             rapid.Map(hash, func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }),
		"short digest":       rapid.Map(hash, func(b []byte) string { sum := sha1.Sum(b); return hex.EncodeToString(sum[:]) }),
		"integrity":          rapid.Map(hash, func(b []byte) string { sum := sha256.Sum256(b); return base64.StdEncoding.EncodeToString(sum[:]) }),
		"token":              rapid.Map(hash, func(b []byte) string { sum := sha256.Sum256(b); return base64.RawURLEncoding.EncodeToString(sum[:]) }),
		"duration in floats": rapid.Map(rapid.Float64Range(0, 0.999), func(f float64) string { return fmt.Sprintf("%.9f", f) }),
	}
	for name, kind := range kinds {
		rapid.Check(t, func(t *rapid.T) {
			values := rapid.SliceOfN(kind, 1, 3).Draw(t, name)
			for _, text := range []string{values[0], `{"value":"` + strings.Join(values, `","other":"`) + `"}`, "value=" + strings.Join(values, "&other=")} {
				if matches := Find(text); len(matches) > 0 {
					t.Fatalf("%s: %q in %q is taken for a card number", name, text[matches[0].Start:matches[0].End], text)
				}
			}
		})
	}
}

// uuid makes a random UUID of bytes.
func uuid(b []byte) string {
	sum := sha1.Sum(b)
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
