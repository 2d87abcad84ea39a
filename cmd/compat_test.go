package cmd

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// wscatRoot returns a command tree with just enough in it to be rewritten to.
func wscatRoot() *cobra.Command {
	root := &cobra.Command{Use: "wscope"}
	addColorFlags(root)
	connect := &cobra.Command{Use: "connect", Run: func(*cobra.Command, []string) {}, Example: "  wscope connect ws://127.0.0.1:8080"}
	connect.Flags().StringP("max-time", "m", "", "")
	connect.Flags().CountP("verbose", "v", "")
	connect.Flags().StringP("subprotocol", "s", "", "")
	listen := &cobra.Command{Use: "listen", Run: func(*cobra.Command, []string) {}}
	listen.Flags().String("subprotocol", "", "")
	listen.Flags().String("max-clients", "", "")
	root.AddCommand(connect, listen)
	return root
}

// A wscatLine is a command line and what it is rewritten to.
type wscatLine struct{ name, in, want string }

func TestRewriteWscat(t *testing.T) {
	checkRewritten(t, false, []wscatLine{
		{"connect", "-c ws://h", "connect ws://h"},
		{"connect long", "--connect ws://h", "connect ws://h"},
		{"connect with equals sign", "--connect=ws://h/?a=b", "connect ws://h/?a=b"},
		{"connect attached", "-cws://h", "connect ws://h"},
		{"connect combined", "-Pc ws://h", "connect ws://h"},
		{"connect combined and attached", "-nPcws://h", "connect --insecure ws://h"},
		{"connect last", "-H A:1 -x hi -w 5 -c ws://h", "connect --header=A:1 --execute=hi --wait=5 ws://h"},
		{"connect first", "-c ws://h -H A:1 -H B:2", "connect ws://h --header=A:1 --header=B:2"},
		{"no scheme is ws", "-c h/path", "connect ws://h/path"},
		{"no host is left to connect", "-c :8080/path", "connect :8080/path"},
		{"other scheme", "-c https://h", "connect https://h"},
		{"listen", "-l 9001", "listen 9001"},
		{"listen long", "--listen 9001", "listen 9001"},
		{"listen attached", "-l9001", "listen 9001"},
		{"listen ignores what wscat ignores", "-l 9001 -n -x hi --host h -o http://o --slash", "listen 9001"},
		{"listen keeps what it knows", "-l 9001 -s chat --no-color --max-clients 3", "listen 9001 --subprotocol=chat --no-color --max-clients 3"},

		{"auth", "-c ws://h --auth u:p", "connect ws://h --user=u:p"},
		{"tls", "-c wss://h --ca a.pem --cert c.pem --key k.pem --passphrase p", "connect wss://h --cacert=a.pem --cert=c.pem --key=k.pem --pass=p"},
		{"passphrase to ask for", "-c wss://h --passphrase", "connect wss://h --pass="},
		{"passphrase before an option", "--passphrase -c wss://h", "connect --pass= wss://h"},
		{"no-check", "-c wss://h -n", "connect wss://h --insecure"},
		{"no-check long", "-c wss://h --no-check", "connect wss://h --insecure"},
		{"host", "-c ws://h --host example.com", "connect ws://h --header=Host:_example.com"},
		{"redirects", "-L --max-redirects 3 -c ws://h", "connect --location --max-redirs=3 ws://h"},
		{"redirects without a number", "--max-redirects -c ws://h", "connect ws://h"},
		{"protocol version", "-p 13 -c ws://h", "connect --ws-version=13 ws://h"},
		{"protocol version long", "--protocol 8 -c ws://h", "connect --ws-version=8 ws://h"},
		{"protocol version attached", "-p8 -c ws://h", "connect --ws-version=8 ws://h"},
		{"no-color", "-c ws://h --no-color", "connect ws://h --no-color"},
		{"proxy", "--proxy http://p:3128 -c ws://h", "connect --proxy=http://p:3128 ws://h"},
		{"slash, show-ping-pong", "-c ws://h --slash -P --show-ping-pong", "connect ws://h --slash"},
		{"subprotocols", "-s a -s b -c ws://h", "connect --subprotocol=a --subprotocol=b ws://h"},
		{"origin", "-o http://o -c ws://h", "connect --origin=http://o ws://h"},
		{"negative wait", "-c ws://h -x hi -w -1", "connect ws://h --execute=hi --wait=-1"},
		{"value like an option", "-x -c -c ws://h", "connect --execute=-c ws://h"},
		{"value like a command", "-x listen -c ws://h", "connect --execute=listen ws://h"},
		{"empty value", "-x '' -c ws://h", "connect --execute= ws://h"},

		{"flags of ours", "-m 5 -v --json -c ws://h", "connect -m 5 -v --json ws://h"},
		{"flags of ours, value like a command", "-m connect -c ws://h", "connect -m connect ws://h"},
		{"flags of ours, combined", "-vvnc ws://h", "connect -v -v --insecure ws://h"},
		{"flags of ours, attached", "-vm5 -c ws://h", "connect -v -m5 ws://h"},
		{"flags of the root", "--color never -c ws://h", "connect --color never ws://h"},
		{"after the end of options", "-c ws://h -- -x", "connect ws://h -- -x"},
		{"further arguments are not lost", "-c ws://h extra", "connect ws://h extra"},
		{"help", "-c ws://h --help", "connect ws://h --help"},

		{"a command", "connect ws://h -c x", "connect ws://h -c x"},
		{"a command after a flag", "--color never connect -l", "--color never connect -l"},
		{"completion", "__complete -c ", "__complete -c "},
		{"neither", "--version", "--version"},
		{"neither, with options of wscat", "-x hi", "-x hi"},
		{"neither, value missing", "-x", "-x"},
		{"only behind the end of options", "-- -c ws://h", "-- -c ws://h"},
		{"value of another option", "-x -c", "-x -c"},
		{"nothing", "", ""},
	})
}

func TestRewriteWscatOnTerminal(t *testing.T) {
	checkRewritten(t, true, []wscatLine{
		{"listen", "-l 9001", "listen --interactive --no-echo 9001"},
		{"listen with an echo", "-l 9001 --no-echo=false", "listen --interactive --no-echo 9001 --no-echo=false"},
		{"connect", "-c ws://h", "connect ws://h"},
		{"not wscat's", "listen 9001", "listen 9001"},
	})
}

func checkRewritten(t *testing.T, interactive bool, lines []wscatLine) {
	for _, tt := range lines {
		t.Run(tt.name, func(t *testing.T) {
			got, err := rewriteWscat(wscatRoot(), words(tt.in), interactive)
			if want := words(tt.want); err != nil || !slices.Equal(got, want) {
				t.Errorf("rewriteWscat(%q) = %q, %v, want %q", tt.in, got, err, want)
			}
		})
	}
}

// words splits s; _example has a space before it, and two quotes are an empty word.
func words(s string) []string {
	fields := strings.Fields(s)
	for i, f := range fields {
		fields[i] = strings.ReplaceAll(strings.ReplaceAll(f, "''", ""), "_example", " example")
	}
	return fields
}

func TestRewriteWscatErrors(t *testing.T) {
	for _, tt := range []struct{ name, in, want, hint string }{
		{"both", "-c ws://h -l 9001", "-c/--connect and -l/--listen cannot be used together", "for example: wscope -c ws://127.0.0.1:8080"},
		{"connect to nothing", "-c", "-c needs a value", "for example: wscope -c ws://127.0.0.1:8080"},
		{"listen on nothing", "--listen", "--listen needs a value", "for example: wscope -l 8080"},
		{"a missing value", "-c ws://h -x", "-x needs a value", "for example: wscope connect ws://127.0.0.1:8080"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := rewriteWscat(wscatRoot(), words(tt.in), false)
			var e *exitError
			if !errors.As(err, &e) || e.code != exitUsage || e.Error() != tt.want || e.hint != tt.hint {
				t.Errorf("rewriteWscat(%q) = %q, %#v, want %q, %q", tt.in, got, err, tt.want, tt.hint)
			}
		})
	}
}
