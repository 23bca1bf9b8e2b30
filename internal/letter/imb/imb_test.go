package imb_test

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"

	"clearwell/internal/letter/imb"

	"pgregory.net/rapid"
)

// refusals are the codes of the Postal Service's encoder.
var refusals = map[string]error{
	"00": nil, "09": imb.ErrTrackingLength, "10": imb.ErrTrackingDigits, "11": imb.ErrBarcodeID,
	"12": imb.ErrRoutingLength, "13": imb.ErrRoutingDigits,
}

// TestOfficialCases runs the Postal Service's own list: number, tracking code,
// routing code, bars, code, message.
func TestOfficialCases(t *testing.T) {
	file, err := os.Open("testdata/encoder_cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.SplitN(lines.Text(), ",", 6)
		if len(fields) < 6 {
			continue // an empty line
		}
		cases++
		want, known := refusals[fields[4]]
		got, err := imb.Encode(fields[1], fields[2])
		if !known || !errors.Is(err, want) || got != fields[3] {
			t.Errorf("case %s: %q, %v; want %q, code %s %s", fields[0], got, err, fields[3], fields[4], fields[5])
		}
	}
	if cases != 201 {
		t.Errorf("%d cases", cases)
	}
}

// codes draws what may be encoded.
func codes(t *rapid.T) (tracking, routing string) {
	tracking = rapid.StringMatching(`[0-9][0-4][0-9]{18}`).Draw(t, "tracking")
	routing = rapid.StringMatching(`|[0-9]{5}|[0-9]{9}|[0-9]{11}`).Draw(t, "routing")
	return tracking, routing
}

func TestDecodesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tracking, routing := codes(t)
		bars, err := imb.Encode(tracking, routing)
		if err != nil {
			t.Fatal(err)
		}
		gotTracking, gotRouting, err := imb.Decode(bars)
		if err != nil || gotTracking != tracking || gotRouting != routing {
			t.Fatalf("%s %s came back as %s %s, %v", tracking, routing, gotTracking, gotRouting, err)
		}
	})
}

func TestOneDamagedBarIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bars, err := imb.Encode(codes(t))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, imb.Bars-1).Draw(t, "bar")
		damage := rapid.SampledFrom(strings.Split(strings.ReplaceAll("FADT", bars[at:at+1], ""), "")).Draw(t, "damage")
		damaged := bars[:at] + damage + bars[at+1:]
		if tracking, routing, err := imb.Decode(damaged); err == nil {
			t.Fatalf("%s read as %s %s", damaged, tracking, routing)
		}
	})
}

func TestWhatIsNoBarcodeIsRefused(t *testing.T) {
	for _, text := range []string{"", "F", strings.Repeat("X", imb.Bars), strings.Repeat("F", imb.Bars+1)} {
		if _, _, err := imb.Decode(text); !errors.Is(err, imb.ErrUnreadable) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, _, err := imb.Decode(strings.Repeat("F", imb.Bars)); !errors.Is(err, imb.ErrCheckSequence) {
		t.Errorf("all full: %v", err)
	}
}

func TestTrackingOfAPiece(t *testing.T) {
	for _, c := range []struct {
		piece imb.Piece
		want  string
	}{
		{imb.Piece{Service: "270", Mailer: "123456", Serial: 42}, "00270123456000000042"},
		{imb.Piece{Service: "270", Mailer: "123456789", Serial: 42}, "00270123456789000042"},
		{imb.Piece{Service: "270", Mailer: "123456789", Serial: 999999}, "00270123456789999999"},
		{imb.Piece{Service: "270", Mailer: "123456789", Serial: 1000000}, ""},
		{imb.Piece{Service: "270", Mailer: "1234567"}, ""},
		{imb.Piece{Service: "27", Mailer: "123456"}, ""},
		{imb.Piece{Service: "27x", Mailer: "123456"}, ""},
		{imb.Piece{Service: "270", Mailer: "123456", Serial: -1}, ""},
	} {
		got, err := c.piece.Tracking()
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%+v: %q, %v", c.piece, got, err)
		}
	}
}
