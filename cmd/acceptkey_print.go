package cmd

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fatih/color"

	"wscope/render"
	"wscope/wsproto"
)

// format returns the lines about one key.
func (opts acceptKeyOptions) format(a *keyAnswer) (string, error) {
	switch {
	case opts.json:
		return opts.formatJSON(a)
	case opts.explain:
		return opts.formatSteps(a), nil
	case opts.verify != nil:
		return opts.verdict(a) + "\n", nil
	case opts.generate:
		return a.Key + " " + a.Accept + "\n", nil
	}
	return a.Accept + "\n", nil
}

// paint colours text if stdout is coloured.
func (opts acceptKeyOptions) paint(text string, attributes ...color.Attribute) string {
	return paint(opts.streams.color(opts.color, opts.outTTY), text, attributes...)
}

// verdict returns "match" or "mismatch".
func (opts acceptKeyOptions) verdict(a *keyAnswer) string {
	if a.mistake == nil {
		return opts.paint("match", color.FgGreen, color.Bold)
	}
	return opts.paint("mismatch", color.FgRed, color.Bold)
}

// formatSteps shows the way from the key to its answer, one step a line, each
// with the section that demands it.
func (opts acceptKeyOptions) formatSteps(a *keyAnswer) string {
	decoded := "not Base64"
	if a.Decoded != nil {
		decoded = fmt.Sprintf("%x (%d bytes)", a.Decoded, len(a.Decoded))
	}
	var b strings.Builder
	for _, step := range [...]struct{ name, value, section string }{
		{"key", render.Escape(a.Key), "4.1"},
		{"decoded", decoded, "4.1"},
		{"GUID", wsproto.GUID, "1.3"},
		{"key + GUID", render.Escape(a.Concat), "4.2.2"},
		{"SHA-1", hex.EncodeToString(a.SHA1[:]), "4.2.2"},
		{"Base64", a.Accept, "4.2.2"},
	} {
		section := opts.paint("RFC 6455, Section "+step.section, color.Faint)
		fmt.Fprintf(&b, "%-10s  %-60s  %s\n", step.name, step.value, section)
	}
	if a.checked {
		fmt.Fprintf(&b, "%-10s  %s  %s\n", "to verify", render.Escape(a.got), opts.verdict(a))
	}
	return b.String()
}

// A keyJSON is what --json prints.
type keyJSON struct {
	Version int    `json:"v"`
	Key     string `json:"key"`
	Valid   bool   `json:"key_valid"`
	Problem string `json:"key_problem,omitempty"`
	Accept  string `json:"accept"`

	Decoded *string `json:"key_hex,omitempty"`
	Concat  string  `json:"concatenation,omitempty"`
	SHA1    string  `json:"sha1,omitempty"`

	Got     *string `json:"got,omitempty"`
	Match   *bool   `json:"match,omitempty"`
	Mistake string  `json:"mistake,omitempty"`
	Text    string  `json:"mistake_text,omitempty"`
}

func (opts acceptKeyOptions) formatJSON(a *keyAnswer) (string, error) {
	j := keyJSON{Version: 1, Key: a.Key, Valid: a.Problem == "", Problem: a.Problem, Accept: a.Accept}
	if opts.explain {
		j.Concat, j.SHA1 = a.Concat, hex.EncodeToString(a.SHA1[:])
		if a.Decoded != nil {
			decoded := hex.EncodeToString(a.Decoded)
			j.Decoded = &decoded
		}
	}
	if a.checked {
		match := a.mistake == nil
		j.Got, j.Match = &a.got, &match
		if !match {
			j.Mistake, j.Text = a.mistake.Name, a.mistake.Text
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(j)
	return b.String(), err
}
