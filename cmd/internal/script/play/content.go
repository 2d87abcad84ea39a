package play

import (
	"os"

	"wscope/cmd/internal/script"
)

// bytes returns what a content stands for. pos is where it stands, for the path
// of a file.
func (t *part) bytes(c script.Content, pos script.Pos) ([]byte, error) {
	text, err := t.vars.expand(c.Text)
	if err != nil {
		return nil, err
	}
	if c.Kind == script.File {
		return os.ReadFile(script.Beside(pos, text))
	}
	return c.Decode(text)
}

// optional returns the bytes of a text that may not be there.
func (t *part) optional(text *script.Text) (string, error) {
	if text == nil {
		return "", nil
	}
	return t.vars.expand(*text)
}
