package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/auth"
	"wscope/cmd/internal/netrc"
	"wscope/render"
)

// authOptions are the flags that say who we are to a server.
type authOptions struct {
	user                   string
	basic, digest, anyAuth bool
	bearer                 string

	netrc, netrcOptional bool
	netrcFile            string
}

func (o *authOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&o.user, "user", "u", "", "authenticate as `user:password`; @file reads it, which keeps it out of the list of processes, and without a password it is asked for")
	flags.BoolVar(&o.basic, "basic", false, "send user and password with the first request, as Basic has it; that is the default")
	flags.BoolVar(&o.digest, "digest", false, "send neither, but answer the challenge of the server by Digest")
	flags.BoolVar(&o.anyAuth, "anyauth", false, "answer the challenge of the server by Digest, or else by Basic")
	flags.StringVar(&o.bearer, "oauth2-bearer", "", "send this `token`; @file reads it")
	flags.BoolVar(&o.netrc, "netrc", false, "look user and password up in the file that $NETRC names, or in ~/.netrc")
	flags.StringVar(&o.netrcFile, "netrc-file", "", "look them up in this `file`")
	flags.BoolVar(&o.netrcOptional, "netrc-optional", false, "look them up only if the URL has none; it is no error if the file is not there")
	addAlias(flags, "auth", "user")
	setFlagExample(flags, "user", "alice:secret")
	setFlagExample(flags, "oauth2-bearer", "@token")
	setGroup(flags, "Authentication", "user", "basic", "digest", "anyauth", "oauth2-bearer", "netrc", "netrc-file", "netrc-optional")
	cmd.MarkFlagsMutuallyExclusive("basic", "digest", "anyauth", "oauth2-bearer")
	cmd.MarkFlagsMutuallyExclusive("user", "oauth2-bearer")
}

// method returns how user and password are sent.
func (o *authOptions) method() auth.Method {
	switch {
	case o.digest:
		return auth.Digest
	case o.anyAuth:
		return auth.Any
	}
	return auth.Basic
}

// A login is what somebody is known by to one server.
type login struct {
	given          bool
	user, password string
	token          string // in place of both
}

// login returns what --user, --oauth2-bearer, the URL and netrc say of the server
// at t. Without any of them it is not given. The file is nil if none is asked
// for.
func (o *authOptions) login(t target, s streams) (login, *netrc.File, error) {
	if o.bearer != "" {
		token, err := fromFile("oauth2-bearer", o.bearer)
		if err == nil {
			err = checkToken(token)
		}
		return login{given: true, token: token}, nil, err
	}
	if o.user != "" {
		l, err := o.userFlag(s)
		return l, nil, err
	}
	file, err := o.readNetrc(s)
	if err != nil {
		return login{}, nil, err
	}
	user, password, whole, err := t.userinfo()
	if err != nil {
		return login{}, nil, err
	}
	fromURL := login{given: t.url.Userinfo != "", user: user, password: password}
	if file != nil && !(o.netrcOptional && whole) {
		if e, _, ok := file.Find(t.url.Host, user); ok {
			l := login{given: true, user: e.Login, password: e.Password}
			return l, file, checkLogin(l, "the entry of netrc for "+t.url.Host, exitReadFile)
		}
	}
	if !fromURL.given && o.method() != auth.Basic && file == nil {
		return login{}, nil, usageError("--digest -u alice:secret", "--digest and --anyauth need a user and a password: -u")
	}
	return fromURL, file, checkLogin(fromURL, "the URL", exitURL)
}

// userFlag returns what --user says, or what it asks for.
func (o *authOptions) userFlag(s streams) (login, error) {
	credentials, err := fromFile("user", o.user)
	if err != nil {
		return login{}, err
	}
	user, password, ok := strings.Cut(credentials, ":")
	l := login{given: true, user: user, password: password}
	if err := checkLogin(l, "-u/--user", exitUsage); err != nil {
		return l, err
	}
	if !ok {
		l.password, err = askSecret(s, "password for "+render.Escape(user)+": ",
			usageError("--user alice:secret", "--user has no password, and there is no terminal to ask for one"))
	}
	return l, err
}

// fromFile returns the value of a flag, or the content of the file that it names
// after an @.
func fromFile(flag, value string) (string, error) {
	path, ok := strings.CutPrefix(value, "@")
	if !ok {
		return value, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", failure(exitReadFile, fmt.Errorf("--%s: %w", flag, err), "")
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

// checkLogin refuses what could break out of a header field.
//
// RFC 7617, Section 2.
func checkLogin(l login, where string, exit int) error {
	if strings.ContainsFunc(l.user+l.password, unicode.IsControl) {
		return failure(exit, fmt.Errorf("%s: a user and a password have no line breaks and no other control characters (RFC 7617, Section 2)", where), "")
	}
	return nil
}

// checkToken refuses what is no bearer token.
//
// RFC 6750, Section 2.1.
func checkToken(token string) error {
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return usageError("--oauth2-bearer @token", "--oauth2-bearer: a token has at least one character, no blanks and no line breaks (RFC 6750, Section 2.1)")
	}
	return nil
}

// readNetrc reads the file that is asked for, nil if none is.
func (o *authOptions) readNetrc(s streams) (*netrc.File, error) {
	if !o.netrc && !o.netrcOptional && o.netrcFile == "" {
		return nil, nil
	}
	flag, path := "--netrc-file", o.netrcFile
	if path == "" {
		flag, path = "--netrc", netrc.Path(s.getenv)
	}
	file, err := netrc.Read(path)
	switch {
	case err == nil:
		return file, nil
	case o.netrcOptional && errors.Is(err, os.ErrNotExist):
		return nil, nil
	}
	return nil, failure(exitReadFile, fmt.Errorf("%s: %w", flag, err), "each entry of the file is a line such as: machine example.com login alice password secret")
}
