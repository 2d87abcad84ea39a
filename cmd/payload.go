package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"wscope/cmd/internal/literal"
	"wscope/wsproto"
)

// A payloadReader makes the payload of a message out of an argument: "@file"
// is the content of a file, "@-" all of stdin, "@@x" is "@x", and anything else
// is itself.
type payloadReader struct {
	stdin  io.Reader // nil where it cannot be had
	escape bool      // \n, \x00 and the like are understood
	// usedStdin tells that an argument has taken stdin.
	usedStdin bool
}

func (r *payloadReader) read(arg string) ([]byte, error) {
	path, ok := strings.CutPrefix(arg, "@")
	switch {
	case !ok:
		return r.unescape(arg)
	case strings.HasPrefix(path, "@"):
		return r.unescape(path)
	case path == "-" && r.stdin == nil:
		return nil, errors.New("@- is stdin, which is in use; @@- is the text @-")
	case path == "-":
		r.usedStdin = true
		p, err := io.ReadAll(r.stdin)
		if err != nil {
			return nil, &fileError{fmt.Errorf("reading stdin: %w", err)}
		}
		return p, nil
	}
	if path == "" {
		return nil, &fileError{errors.New("a file name has to follow @; @- is stdin, @@ a literal @")}
	}
	p, err := os.ReadFile(path)
	if err != nil {
		return nil, &fileError{err}
	}
	return p, nil
}

func (r *payloadReader) unescape(s string) ([]byte, error) {
	if !r.escape {
		return []byte(s), nil
	}
	return literal.Unescape(s)
}

// opcode returns what a message of the user's goes out as.
func opcode(binary bool) wsproto.Opcode {
	if binary {
		return wsproto.OpBinary
	}
	return wsproto.OpText
}

// checkText refuses a text message that is not UTF-8 and says where.
func checkText(p []byte) error {
	if err := literal.CheckText(p); err != nil {
		return &fileError{err}
	}
	return nil
}

const binaryHint = "send it as a binary message with --binary"
