package app

import (
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"clearwell/internal/db/dbtest"
)

// TestCardIsOnNoWireOfThePortal listens on every interface of this machine, as
// the attackers of the first wave did, while a card is paid with in a real
// browser. The portal, the processor and the browser are three processes, their
// connections are not encrypted, and the database is PostgreSQL over TCP besides
// SQLite: whoever listens here reads all there is.
//
// The card's digits are in no disguise in what passes between the browser and
// the portal, the portal and the processor, the portal and the database, nor
// between any others. That the silence means something is shown by what is heard:
// the same number where it must be, on its way from the processor's own fields to
// the processor; the receipt; the charge; and another number, which is written
// into the database and sent to the portal by a false form, as a card would be
// if the fields were ours. So it sounds when the control is gone.
//
// Not covered: a database on a UNIX socket, which has no wire.
func TestCardIsOnNoWireOfThePortal(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { listenWhilePaying(t, "") })
	t.Run("postgres", func(t *testing.T) { listenWhilePaying(t, dbtest.PostgresURL(t)) })
}

func listenWhilePaying(t *testing.T, database string) {
	wire := tap(t)
	h := huntIn(t, database)
	child, said, home := h.payInBrowser()
	h.falseForm(home)
	h.end(child, said)
	h.overhears(wire.stop(), portOf(h, home))
}

// overhears judges every conversation, and what must have been among them.
func (h *hunt) overhears(talks map[route][]byte, portal uint16) {
	h.Helper()
	processor, book := portOf(h, h.processor), portOf(h, h.database)
	heard := map[string]bool{"a database's planted number": book == 0}
	note := func(what string, sure bool) { heard[what] = heard[what] || sure }
	for ends, talk := range talks {
		switch {
		case ends.on(portal):
			h.without("what passes between the portal and others", talk)
			note("the receipt", strings.Contains(string(talk), h.card[12:]))
			note("a false form", len(present(talk, h.planted)) > 0)
		case ends.on(processor) && (asksAPI(talk) || asksAPI(talks[route{ends.to, ends.from}])):
			h.without("what passes between the portal and the processor", talk)
			note("the charge", strings.Contains(string(talk), "/v1/charges"))
		case ends.on(processor):
			note("the card in the processor's own fields", len(present(talk, h.card)) > 0)
		case book != 0 && ends.on(book):
			h.without("what passes between the portal and its database", talk)
			note("a database's planted number", len(present(talk, h.planted)) > 0)
		case len(present(talk, h.card)) > 0 && !browsers(talk):
			h.Errorf("the card passes between %s: %.60q", ends, talk)
		}
	}
	h.Logf("%d halves of conversations", len(talks))
	for _, what := range []string{"the receipt", "a false form", "the charge", "the card in the processor's own fields", "a database's planted number"} {
		if !heard[what] {
			h.Errorf("%s was not heard, and so the card might not have been", what)
		}
	}
}

// asksAPI recognises a conversation that the portal began with the processor.
func asksAPI(talk []byte) bool { return strings.HasPrefix(string(talk), "POST /v1/") }

// falseForm sends a number to the portal, as a false card form would.
func (h *hunt) falseForm(home string) {
	h.Helper()
	answer, err := http.PostForm(home+"/sampletown/", url.Values{"house_number": {h.planted}})
	h.must(err)
	h.must(answer.Body.Close())
	if answer.StatusCode != http.StatusUnprocessableEntity {
		h.Errorf("a false card form gets %d", answer.StatusCode)
	}
}

// portOf is the port in an address; 0 for that of a file.
func portOf(h *hunt, address string) uint16 {
	h.Helper()
	parsed, err := url.Parse(address)
	h.must(err)
	if parsed.Port() == "" {
		return 0
	}
	port, err := net.LookupPort("tcp", parsed.Port())
	h.must(err)
	return uint16(port)
}

// browsers recognises how the test steers its browser: it types the card, and
// is told of every request.
func browsers(talk []byte) bool {
	return strings.HasPrefix(string(talk), "GET /devtools/") || strings.HasPrefix(string(talk), "HTTP/1.1 101 ")
}

// route is one direction of a conversation.
type route struct{ from, to netip.AddrPort }

func (r route) on(port uint16) bool { return r.from.Port() == port || r.to.Port() == port }

func (r route) String() string { return r.from.String() + " and " + r.to.String() }

// tapped is a listener on all interfaces.
type tapped struct {
	t      *testing.T
	socket int
	told   sync.WaitGroup
	talks  map[route][]byte
}

// loudest is how much of one direction of a conversation is kept. What others
// say on this machine meanwhile may be more.
const loudest = 8 << 20

// tap begins to listen, or skips the test where one may not.
func tap(t *testing.T) *tapped {
	t.Helper()
	everything := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL})
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(everything))
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EAFNOSUPPORT) {
		t.Skipf("nobody may listen on the wires of this machine without CAP_NET_RAW: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(socket) })
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 256<<20); err != nil {
		t.Logf("the buffer stays small: %v", err)
	}
	w := &tapped{t: t, socket: socket, talks: map[route][]byte{}}
	w.told.Go(w.listen)
	return w
}

// lastWords end the capture: whatever was sent before them has been heard.
const lastWords = "clearwell: the test has paid"

// stop waits until all that was sent is heard.
func (w *tapped) stop() map[route][]byte {
	w.t.Helper()
	line, err := net.Dial("udp", "127.0.0.1:9")
	if err == nil {
		_, err = line.Write([]byte(lastWords))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	_ = line.Close() // datagrams need no farewell
	w.told.Wait()
	lost, err := unix.GetsockoptTpacketStats(w.socket, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil || lost.Drops > 0 {
		w.t.Errorf("%d packets were missed: %v", lost.Drops, err)
	}
	return w.talks
}

func (w *tapped) listen() {
	packet := make([]byte, 1<<17)
	for {
		n, from, err := unix.Recvfrom(w.socket, packet, unix.MSG_TRUNC)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n > len(packet) {
			w.t.Errorf("listening: %d bytes, %v", n, err)
			return
		}
		at, known := from.(*unix.SockaddrLinklayer)
		if known && at.Hatype == unix.ARPHRD_LOOPBACK && at.Pkttype == unix.PACKET_OUTGOING {
			continue // it is heard again as it arrives
		}
		if !w.keep(packet[:n]) {
			return
		}
	}
}

// keep adds what a packet carries to its conversation; false once the test has
// said its last words.
func (w *tapped) keep(packet []byte) bool {
	ends, carried, err := parsePacket(packet)
	if err != nil {
		return true // another protocol: no part of ours speaks it
	}
	if string(carried) == lastWords {
		return false
	}
	if said := w.talks[ends]; len(said) < loudest {
		w.talks[ends] = append(said, carried...)
	}
	return true
}

var errOtherProtocol = errors.New("neither TCP nor UDP")

// parsePacket reads what an IP packet carries.
func parsePacket(packet []byte) (ends route, carried []byte, err error) {
	var from, to netip.Addr
	protocol := byte(0)
	switch {
	case len(packet) >= 20 && packet[0]>>4 == 4:
		size, length := int(packet[0]&15)*4, int(binary.BigEndian.Uint16(packet[2:]))
		from, to, protocol = netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20])), packet[9]
		if length >= size && length < len(packet) {
			packet = packet[:length] // the rest fills a frame
		}
		packet = packet[min(size, len(packet)):]
	case len(packet) >= 40 && packet[0]>>4 == 6:
		from, to, protocol = netip.AddrFrom16([16]byte(packet[8:24])), netip.AddrFrom16([16]byte(packet[24:40])), packet[6]
		packet = packet[40:]
	}
	head := 8
	if protocol == unix.IPPROTO_TCP && len(packet) >= 20 {
		head = int(packet[12]>>4) * 4
	}
	if protocol != unix.IPPROTO_TCP && protocol != unix.IPPROTO_UDP || len(packet) < head {
		return route{}, nil, errOtherProtocol
	}
	ends.from = netip.AddrPortFrom(from, binary.BigEndian.Uint16(packet))
	ends.to = netip.AddrPortFrom(to, binary.BigEndian.Uint16(packet[2:]))
	return ends, packet[head:], nil
}
