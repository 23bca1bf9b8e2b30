package depot

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// serve answers on an address until the context ends, and listens for silence.
func serve(ctx context.Context, r *Receiver, address string, config *tls.Config, at func(string)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("opening the depot: %w", err)
	}
	at(listener.Addr().String())
	server := &http.Server{
		Handler: r, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, "", "") }()
	ticker := time.NewTicker(Every)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("serving the depot: %w", err)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), Every)
			defer cancel()
			err := server.Shutdown(last)
			if stopped := <-ended; !errors.Is(stopped, http.ErrServerClosed) {
				err = errors.Join(err, stopped)
			}
			return err
		case <-ticker.C:
			r.Listen()
		}
	}
}
