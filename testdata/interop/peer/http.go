package peer

import (
	"net"
	"net/http"
	"net/url"
	"time"
)

// serveHTTP serves the listener with net/http. The function upgrade opens the
// connection; it answers the request itself if it cannot.
func serveHTTP(l net.Listener, upgrade func(http.ResponseWriter, *http.Request) (Conn, error), handle func(Conn, *url.URL)) {
	s := &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c, err := upgrade(w, r); err == nil {
				handle(c, r.URL)
			}
		}),
	}
	s.Serve(l)
}
