package cmd

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// netOptions are the flags that say by which way a server is reached, and how
// long that may take.
type netOptions struct {
	connectTimeout time.Duration
	maxTime        time.Duration
}

// defaultConnectTimeout bounds opening a connection, from the name look-up to
// the end of the opening handshake.
const defaultConnectTimeout = 30 * time.Second

func (o *netOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	o.connectTimeout = defaultConnectTimeout
	flags.Var(durationFlag{d: &o.connectTimeout}, "connect-timeout", "give up if the connection is not open after this time")
	flags.VarP(durationFlag{d: &o.maxTime}, "max-time", "m", "end the session after this time (default no limit)")
	setGroup(flags, "Connection", "connect-timeout", "max-time")
}

// dialNet opens a network connection. Names below localhost are this machine,
// whatever a name server thinks of them.
//
// RFC 6761, Section 6.3.
func dialNet(ctx context.Context, network, addr string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if strings.HasSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), ".localhost") {
			addr = net.JoinHostPort("localhost", port)
		}
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}
