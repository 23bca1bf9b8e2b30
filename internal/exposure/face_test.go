package exposure

import (
	"errors"
	"testing"

	"clearwell/internal/calendar"
)

func TestNamesAndPlacesAreWrittenInManyWays(t *testing.T) {
	for _, c := range []struct {
		key  func(string) string
		a, b string
		same bool
	}{
		{nameKey, "Muñoz, Ana", "ANA MUNOZ", true},
		{nameKey, "O'Neil, James", "James ONeil", true},
		{nameKey, "Ana Muñoz", "Ana M. Muñoz", false},
		{nameKey, "Ana", "Anna", false},
		{placeKey, "12 Main Street, Odessa TX 79761-1234", "12 MAIN ST ODESSA, TX 79761", true},
		{placeKey, "12 Main St Apt 4", "12 Main Street, apartment 4", true},
		{placeKey, "12 Main St", "12 Main Ave", false},
		{placeKey, "4 Elm 1234", "4 Elm", false},
	} {
		if got := c.key(c.a) == c.key(c.b); got != c.same {
			t.Errorf("%q and %q: same is %v, want %v", c.a, c.b, got, c.same)
		}
	}
}

func TestFaces(t *testing.T) {
	holder := Holder{Name: "MUNOZ, ANA", ServiceAddress: "12 MAIN STREET", Mailing: [2]string{"12 MAIN ST"}, MailingCity: "Odessa", MailingState: "TX", MailingZIP: "79761"}
	landlord := holder
	landlord.Mailing[0] = "PO BOX 9"
	face := func(login, name, address string, h Holder) Face {
		return FaceOf(Story{Occasion: Occasion{UtilityAccount: "1001", Login: login}, Payer: Payer{Name: name, Address: address}}, h)
	}
	bare, named, other := face("", "", "", holder), face("", "Ana Muñoz", "", holder), face("", "Bo Diaz", "", holder)
	if bare != named || bare.Name == 0 || bare.Place == 0 || bare.Home != bare.Utility {
		t.Errorf("of whom nothing is known is %+v, the holder is %+v", bare, named)
	}
	if other.Name == bare.Name || other.Place != 0 || other.Home != bare.Home {
		t.Errorf("who pays for somebody else is %+v", other)
	}
	if far := face("", "", "", landlord); far.Home == far.Utility || far.Home != far.Place {
		t.Errorf("who lives elsewhere is %+v", far)
	}
	if login := face("log_1", "", "", holder); login.Name != 0 {
		t.Errorf("who signed in and gave no name is %+v", login)
	}
	if nobody := face("", "", "", Holder{}); nobody.Name != 0 || nobody.Home != nobody.Utility || nobody.Home == 0 {
		t.Errorf("nobody is %+v", nobody)
	}
}

func TestTalliesReadAsTheyWereWritten(t *testing.T) {
	d := newDay(calendar.MakeDate(2019, 9, 3))
	d.add(Story{Occasion: Occasion{CapturePath: WebFrame, Release: "4f2c", UtilityAccount: "1"}, Entry: "typed", Outcome: Approved}, Holder{})
	d.add(Story{Occasion: Occasion{CapturePath: CounterReader, UtilityAccount: "2"}}, Holder{})
	d.add(Story{Occasion: Occasion{CapturePath: WebFrame, Release: "4f2c", UtilityAccount: "3"}, Entry: "typed", Outcome: Approved}, Holder{})
	b := packed(d.tallies())
	got, err := unpack(d.on, b)
	if err != nil || len(got) != 2 || got[0].Occasions() != 2 || got[1].Occasions() != 1 || got[0].Shape.Release != "4f2c" {
		t.Errorf("unpack = %+v, %v", got, err)
	}
	if again, err := unpack(d.on, packed(nil)); err != nil || len(again) != 0 {
		t.Errorf("a day of nobody is %v, %v", again, err)
	}
	for _, broken := range [][]byte{nil, {9}, b[:len(b)-1], b[:7], {tallyFormat, 0xff, 0xff}} {
		if _, err := unpack(d.on, broken); !errors.Is(err, errTally) {
			t.Errorf("%d broken bytes: %v", len(broken), err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte{tallyFormat})
	f.Add(packed([]Tally{{Shape: Shape{Node: "one"}, faces: make([]byte, faceBytes)}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		tallies, err := unpack(calendar.MakeDate(2019, 9, 3), b)
		for _, tally := range tallies {
			for range tally.Faces() {
				if err != nil {
					t.Error("told what is broken")
				}
			}
		}
	})
}
