package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/cookies"
	"wscope/wsproto"
)

// cookieOptions are the flags of cookies.
type cookieOptions struct {
	cookies []string // data, or files
	jar     string   // where they are kept
}

func (o *cookieOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.cookies, "cookie", nil, "send this `data`, as in 'a=b; c=d'; without an equals sign it is a file of cookies in the form of Netscape, or of Set-Cookie fields; repeats")
	flags.StringVar(&o.jar, "cookie-jar", "", "write all cookies to this `file` at the end, for the next session to read with --cookie")
	setFlagExample(flags, "cookie", "session=abc")
	setFlagExample(flags, "cookie-jar", "cookies.txt")
	setGroup(flags, "Authentication", "cookie", "cookie-jar")
}

// data returns the cookies on the command line as the value of a Cookie field.
func (o *cookieOptions) data() (string, error) {
	all := ""
	for _, arg := range o.cookies {
		if !strings.Contains(arg, "=") {
			continue
		}
		if err := checkField(arg); err != nil {
			return "", usageError("--cookie 'a=b; c=d'", "--cookie: %w", err)
		}
		all = cookies.Join(all, strings.Trim(arg, " \t"))
	}
	return all, nil
}

// load returns a jar with the cookies of the files, and notes about files that
// are not there.
func (o *cookieOptions) load(u wsproto.URL) (jar *cookies.Jar, notes []string, err error) {
	jar = cookies.NewJar()
	for _, path := range o.cookies {
		if path == "" || strings.Contains(path, "=") {
			continue
		}
		switch err := jar.Load(path, cookies.RequestURL(u)); {
		case errors.Is(err, fs.ErrNotExist):
			notes = append(notes, "--cookie: there is no file "+path+", so it has no cookies")
		case err != nil:
			return nil, nil, failure(exitReadFile, fmt.Errorf("--cookie: %w", err), "")
		}
	}
	return jar, notes, nil
}

// checkJar refuses a place where cookies cannot be kept, before there are any.
func (o *cookieOptions) checkJar() error {
	switch o.jar {
	case "":
		return nil
	case "-":
		return usageError("--cookie-jar cookies.txt", "--cookie-jar -: stdout is for what the server sends, expected a file")
	}
	if info, err := os.Stat(o.jar); err == nil && info.IsDir() {
		return failure(exitWrite, fmt.Errorf("--cookie-jar: %s is a folder, expected a file", o.jar), "")
	}
	if _, err := os.Stat(filepath.Dir(o.jar)); err != nil {
		return failure(exitWrite, fmt.Errorf("--cookie-jar: %w", err), "")
	}
	return nil
}
