package cmd

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"wscope/render"
)

// authOptions are the flags that say who we are to a server.
type authOptions struct {
	user string
}

func (o *authOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&o.user, "user", "u", "", "authenticate with Basic as `user:password`; @file reads it, without a password it is asked for")
	addAlias(flags, "auth", "user")
	setFlagExample(flags, "user", "alice:secret")
	setGroup(flags, "Authentication", "user")
}

// authorization returns the value for Basic authentication from --user, or from
// the URL, or "".
//
// RFC 7617, Section 2.
func (o *authOptions) authorization(t target, s streams) (string, error) {
	credentials := o.user
	if credentials == "" && t.url.Userinfo != "" {
		var err error
		if credentials, err = t.userinfo(); err != nil {
			return "", err
		}
	}
	if path, ok := strings.CutPrefix(credentials, "@"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", failure(exitReadFile, fmt.Errorf("--user: %w", err), "")
		}
		credentials = strings.TrimRight(string(data), "\r\n")
	}
	if credentials == "" {
		return "", nil
	}
	if !strings.Contains(credentials, ":") {
		password, err := askPassword(s, credentials)
		if err != nil {
			return "", err
		}
		credentials += ":" + password
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials)), nil
}

// askPassword asks for a password on the terminal. Nothing of it is echoed, not
// even what is typed before the question is there; Ctrl-C ends the program.
func askPassword(s streams, user string) (string, error) {
	file, ok := s.in.(*os.File)
	if !ok || !s.inTTY {
		return "", usageError("--user alice:secret", "--user has no password, and there is no terminal to ask for one")
	}
	state, err := term.MakeRaw(int(file.Fd()))
	if err == nil {
		restore := func() { term.Restore(int(file.Fd()), state) }
		defer restore()
		defer s.onExit(restore)()
		keyboard := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{file, s.err}, "")
		var password string
		if password, err = keyboard.ReadPassword("password for " + render.Escape(user) + ": "); err == nil {
			return password, nil
		}
	}
	if errors.Is(err, io.EOF) { // Ctrl-C or Ctrl-D
		io.WriteString(s.err, "\r\n")
		return "", quietExit{exitInterrupted}
	}
	return "", failure(exitReadFile, fmt.Errorf("reading the password: %w", err), "")
}
