package cardscan

import (
	"strings"
	"testing"
)

// samples are texts of about 64 KiB without a card number.
func samples() map[string]string {
	fill := func(text string) string { return strings.Repeat(text, 64<<10/len(text)) }
	return map[string]string{
		"prose":   fill("The clearwell is the tank where treated water waits, clean and covered, before it enters the mains. "),
		"Spanish": fill("La cisterna está situada detrás de la estación; ¿dónde pagará usted su próxima factura de agua? "),
		"form":    fill("utility_account=12-34567&name=Mar%C3%ADa+Garc%C3%ADa&amount=123.45&email=maria%40example.com&"),
		"log": fill(`{"time":"2026-11-24T17:00:00.123456Z","level":"INFO","msg":"settled",` +
			`"payment":"pay_01jdq3k8w0c5v7x9z2b4d6f8gh","cents":12345,"city":"sampletown"}` + "\n"),
		"base64": fill("TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQ"),
		"digits": fill("7"), // the worst case: every window is looked at
	}
}

func BenchmarkContains(b *testing.B) {
	for name, text := range samples() {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				Contains(data)
			}
		})
	}
}

func BenchmarkHunt(b *testing.B) {
	data := []byte(strings.Repeat(samples()["log"], 16))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Hunt(data, "4242424242424242")
	}
}

// TestPlainTextCostsNothing: ordinary text is searched without allocating.
func TestPlainTextCostsNothing(t *testing.T) {
	for _, name := range []string{"prose", "Spanish"} {
		data := []byte(samples()[name])
		if allocs := testing.AllocsPerRun(10, func() { Contains(data) }); allocs > 0 {
			t.Errorf("Contains of %s allocates %v times", name, allocs)
		}
	}
}
