package play

import (
	"encoding/base64"
	"fmt"
	"os"

	"wscope/cmd/internal/literal"
	"wscope/cmd/internal/script"
)

// bytes returns what a content stands for. pos is where it stands, for the path
// of a file.
func (t *part) bytes(c script.Content, pos script.Pos) ([]byte, error) {
	text, err := t.vars.expand(c.Text)
	if err != nil {
		return nil, err
	}
	switch c.Kind {
	case script.File:
		return os.ReadFile(script.Beside(pos, text))
	case script.Hex:
		p, err := literal.Hex(text)
		if err != nil {
			return nil, fmt.Errorf("hex: %w", err)
		}
		return p, nil
	case script.Base64:
		p, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("base64: %w", err)
		}
		return p, nil
	}
	return []byte(text), nil
}

// optional returns the bytes of a text that may not be there.
func (t *part) optional(text *script.Text) (string, error) {
	if text == nil {
		return "", nil
	}
	return t.vars.expand(*text)
}
