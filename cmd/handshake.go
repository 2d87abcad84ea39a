package cmd

import (
	"wscope/cmd/internal/acceptkey"
	"wscope/wsproto"
)

// handshakeFailure gives a failed opening handshake its exit status and says
// what to try.
func handshakeFailure(e *wsproto.HandshakeError, u wsproto.URL) error {
	switch e.Kind {
	case wsproto.HandshakeRefused:
		return failure(exitRefused, e, refusalHint(e.Response, u))
	case wsproto.HandshakeEmpty:
		hint := "something listens there that ends connections at once"
		if !u.Secure {
			hint = "if the server expects TLS, use wss://"
		}
		return failure(exitEmptyReply, e, hint)
	case wsproto.HandshakeTimeout:
		return failure(exitTimeout, e, "--connect-timeout gives it more time")
	case wsproto.HandshakeDropped:
		return failure(exitReceive, e, "")
	}
	return failure(exitHandshake, e, invalidHint(e, u))
}

// refusalHint says what a status mostly means, and what to try.
func refusalHint(r *wsproto.Response, u wsproto.URL) string {
	switch {
	case r.Status/100 == 3 && r.Fields.Has("Location"):
		return "the server redirects to " + r.Fields.Value("Location")
	case r.Status == 400 && !u.Secure, r.Status == 200:
		return "is there a WebSocket endpoint at " + u.Target + "? The path has to be the server's own"
	case r.Status == 401:
		return "the server wants credentials: -u user:password or -H 'Authorization: ...'"
	case r.Status == 403:
		return "the server may want another Origin (-o), a cookie or a token (-H)"
	case r.Status == 404:
		return "there is nothing at " + u.Target + ": check the path"
	case r.Status == 426 && r.Fields.Has("Sec-WebSocket-Version"):
		return "the server speaks version " + r.Fields.Value("Sec-WebSocket-Version") + ": --ws-version sends another one"
	}
	return ""
}

// invalidHint explains a 101 reply that is wrong.
func invalidHint(e *wsproto.HandshakeError, u wsproto.URL) string {
	if e.Rule == "Sec-WebSocket-Accept" && e.Got != "" && e.Request != nil {
		if m, ok := acceptkey.Diagnose(e.Request.Fields.Value("Sec-WebSocket-Key"), e.Got); ok {
			return m.Text
		}
		return "wscope accept-key --explain shows how the value is computed"
	}
	if e.Rule == "response" && !u.Secure && e.Response != nil && len(e.Response.Raw) > 0 && e.Response.Raw[0] == 0x15 {
		return "that is a TLS alert: use wss://"
	}
	return ""
}
