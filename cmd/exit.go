package cmd

import (
	"fmt"
	"strings"
)

// The exit statuses. They are curl's where the cause is the same; those from
// 101 to 105 are ours.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitURL         = 3
	exitProxyName   = 5
	exitHostName    = 6
	exitConnect     = 7
	exitRefused     = 22
	exitWrite       = 23
	exitReadFile    = 26
	exitTimeout     = 28
	exitTLS         = 35
	exitRedirects   = 47
	exitEmptyReply  = 52
	exitSend        = 55
	exitReceive     = 56
	exitClientCert  = 58
	exitServerCert  = 60
	exitCAFile      = 77
	exitProxy       = 97
	exitHandshake   = 101
	exitProtocol    = 102
	exitClosed      = 103
	exitExpectation = 104
	exitNoPong      = 105
	exitInterrupted = 130
)

// exitStatuses is what `wscope help exit-status` shows.
var exitStatuses = [...]struct {
	code    int
	meaning string
}{
	{exitOK, "done; a closed stdout ends a command so, too, unless what was asked for is missing"},
	{exitFailure, "an error that has no status of its own"},
	{exitUsage, "the command line is wrong"},
	{exitURL, "the URL is malformed, or its scheme is not supported"},
	{exitProxyName, "the name of the proxy was not resolved"},
	{exitHostName, "the name of the host was not resolved"},
	{exitConnect, "no connection to the host"},
	{exitRefused, "the server refused the upgrade, or the event stream"},
	{exitWrite, "writing the output failed"},
	{exitReadFile, "reading local data failed, or it is not what it has to be"},
	{exitTimeout, "the time for it was over"},
	{exitTLS, "the TLS handshake failed"},
	{exitRedirects, "too many redirects"},
	{exitEmptyReply, "the server closed the connection without a reply"},
	{exitSend, "sending failed"},
	{exitReceive, "receiving failed, or the connection was dropped without a Close (1006)"},
	{exitClientCert, "the client certificate is unusable"},
	{exitServerCert, "the server certificate was not accepted"},
	{exitCAFile, "the file of CA certificates is unusable"},
	{exitProxy, "the handshake with the proxy failed"},
	{exitHandshake, "the server's 101 is no valid handshake, or its 200 no event stream"},
	{exitProtocol, "the peer broke the protocol"},
	{exitClosed, "the peer closed with a code other than 1000, 1001 or none"},
	{exitExpectation, "an expectation was not met"},
	{exitNoPong, "no pong came within --ping-timeout"},
	{exitInterrupted, "interrupted before anything was settled"},
}

// exitStatusTable returns the statuses one a line, in two columns.
func exitStatusTable() string {
	var b strings.Builder
	for _, s := range exitStatuses {
		fmt.Fprintf(&b, "  %3d  %s\n", s.code, s.meaning)
	}
	return b.String()
}
