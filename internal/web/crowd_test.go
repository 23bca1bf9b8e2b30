package web

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
)

// house is a server whose listener lets in so many.
func house(t *testing.T, proxies []netip.Prefix) (call func(from string) net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	crowded := Crowd(listener, proxies).(*crowd)
	crowded.all, crowded.each = 6, 3
	server := Server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "bill") }), slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(crowded) }()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	return func(from string) net.Conn {
		t.Helper()
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
}

// answered reports whether somebody gets a page.
func answered(conn net.Conn) bool {
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return false
	}
	_, err := io.ReadFull(conn, make([]byte, 12))
	return err == nil
}

// Who opens connections and says nothing keeps nobody else out.
func TestSlowOnesKeepNobodyOut(t *testing.T) {
	call := house(t, nil)
	var slow []net.Conn
	for range 3 {
		conn := call("127.0.0.2")
		if !answered(conn) { // so that it is known to be inside
			t.Fatal("one of the first is not let in")
		}
		slow = append(slow, conn)
	}
	if answered(call("127.0.0.2")) {
		t.Error("one network may have all that it wants")
	}
	if !answered(call("127.0.0.3")) {
		t.Error("a neighbor is kept out")
	}
	slow[0].Close()
	for !answered(call("127.0.0.2")) { // its place is free once the server has seen it go
		if t.Context().Err() != nil {
			t.Fatal("a place is never free again")
		}
	}
}

func TestTheHouseIsNeverOverfull(t *testing.T) {
	call := house(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")})
	for range 6 { // behind our proxy is the whole town
		if !answered(call("127.0.0.9")) {
			t.Fatal("the proxy is kept out")
		}
	}
	if answered(call("127.0.0.3")) || answered(call("127.0.0.9")) {
		t.Error("more are inside than there is room for")
	}
}

func TestNetworksOfCallers(t *testing.T) {
	for at, want := range map[string]string{
		"192.0.2.7:80": "192.0.2.7/32", "[::ffff:192.0.2.7]:80": "192.0.2.7/32", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64", "[fe80::1%lo]:80": "fe80::/64",
	} {
		if got := networkOf(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(at))); got.String() != want {
			t.Errorf("%s is of %s, want %s", at, got, want)
		}
	}
	if got := networkOf(&net.UnixAddr{}); got.IsValid() {
		t.Errorf("a socket is of %s", got)
	}
}
