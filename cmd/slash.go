package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"wscope/cmd/internal/literal"
	"wscope/cmd/internal/rawframe"
	"wscope/cmd/internal/spell"
	"wscope/render"
	"wscope/wsproto"
)

// A talker is what slash commands work on: a session of connect, or all clients
// of listen at once.
type talker interface {
	send(op wsproto.Opcode, p []byte) error
	sendFragments(op wsproto.Opcode, p []byte, size int) error
	sendFrame(f rawframe.Frame) error
	ping(p []byte) error
	pong(p []byte) error
	closeWith(c closing) error
	payload(arg string) ([]byte, error)
	setFormat(f render.Format)
	say(text string)
	showStats()
	showHeaders()
	reconnect() error
	quit()
}

// A slashCommand is a command within a session.
type slashCommand struct {
	name string
	args string // as in the help, "" for none
	// example is the command in correct use, without its slash.
	example string
	help    string
	// complete returns what the argument may be.
	complete func() []string
	run      func(t talker, arg string) error
}

// slashCommands returns the commands, in the order of the help.
func slashCommands() []slashCommand {
	return []slashCommand{
		{"help", "", "help", "show this list", nil, func(t talker, _ string) error { t.say(slashHelp()); return nil }},
		{"text", "MESSAGE", "text hello", "send a text message", nil, sendText},
		{"binary", "MESSAGE", "binary hello", "send the bytes of MESSAGE as a binary message", nil, sendBinary},
		{"hex", "DIGITS", "hex 00 ff 7f", "send a binary message given in hex, as in 00 ff 7f", nil, sendHex},
		{"file", "PATH", "file photo.jpg", "send a file as a binary message; /text @PATH as text", nil, sendFile},
		{"fragment", "N MESSAGE", "fragment 4 hello world", "send a text message in frames of N bytes", nil, sendFragmented},
		{"ping", "[DATA]", "ping hello", "send a ping", nil, func(t talker, arg string) error { return control(t, arg, t.ping) }},
		{"pong", "[DATA]", "pong hello", "send a pong that nobody has asked for", nil, func(t talker, arg string) error { return control(t, arg, t.pong) }},
		{"frame", "FIELDS [PAYLOAD]", "frame op=0x3 hello", "send any frame: op=0x3 fin=0 rsv=100 mask=0 len=9 hi", frameFields, sendRawFrame},
		{"close", "[CODE [REASON]]", "close 1000 bye", "begin the closing handshake", closeCodes, sendClose},
		{"format", "NAME", "format hex", "show frames, messages, hex or json from here on", formatNames, changeFormat},
		{"stats", "", "stats", "count what has crossed the connection", nil, func(t talker, _ string) error { t.showStats(); return nil }},
		{"headers", "", "headers", "show the opening handshake", nil, func(t talker, _ string) error { t.showHeaders(); return nil }},
		{"reconnect", "", "reconnect", "in connect: close, and connect again", nil, func(t talker, _ string) error { return t.reconnect() }},
		{"quit", "", "quit", "close and leave", nil, func(t talker, _ string) error { t.quit(); return nil }},
	}
}

// isCommand reports whether a line is a slash command. A line that begins with a
// space or with two slashes is none, and neither is one with a line break: it
// was pasted.
func isCommand(line string) bool {
	return strings.HasPrefix(line, "/") && !strings.HasPrefix(line, "//") && !strings.Contains(line, "\n")
}

// unslash removes the slash that keeps a line from being a command, which one with a
// line break is not anyway.
func unslash(line string) string {
	if strings.HasPrefix(line, "//") && !strings.Contains(line, "\n") {
		return line[1:]
	}
	return line
}

// findCommand takes a line apart into its command and the argument, which is
// left as it was typed.
func findCommand(line string) (slashCommand, string, error) {
	name, arg, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
	var names []string
	for _, c := range slashCommands() {
		if c.name == name {
			return c, arg, nil
		}
		names = append(names, c.name)
	}
	err := fmt.Errorf("there is no command /%s", name)
	if near := spell.Nearest(name, names); near != "" {
		err = fmt.Errorf("%w; did you mean /%s?", err, near)
	} else {
		err = fmt.Errorf("%w; /help lists them, and //%s sends the text", err, name)
	}
	return slashCommand{}, "", err
}

// runCommand carries out a slash command.
func runCommand(t talker, line string) error {
	c, arg, err := findCommand(line)
	if err != nil {
		return err
	}
	if c.args == "" && strings.TrimSpace(arg) != "" {
		return fmt.Errorf("/%s takes no argument", c.name)
	}
	if err := c.run(t, arg); err != nil {
		return fmt.Errorf("/%s: %w", c.name, err)
	}
	return nil
}

func slashHelp() string {
	var b strings.Builder
	for _, c := range slashCommands() {
		usage := "/" + c.name
		if c.args != "" {
			usage += " " + c.args
		}
		fmt.Fprintf(&b, "%-25s  %s\n", usage, c.help)
	}
	b.WriteString("Anything else is sent as it is, also with a space in front; //text sends /text.\n")
	b.WriteString("@FILE sends the content of a file, @@ a literal @.")
	return b.String()
}

// completeSlash completes the name of a command, and the arguments that are
// known.
func completeSlash(line string, pos int) (candidates []string, replace int) {
	before := line[:pos]
	if !isCommand(before) {
		return nil, 0
	}
	name, arg, ok := strings.Cut(before[1:], " ")
	if !ok {
		for _, c := range slashCommands() {
			if strings.HasPrefix(c.name, name) {
				text := "/" + c.name
				if c.args != "" {
					text += " "
				}
				candidates = append(candidates, text)
			}
		}
		return candidates, len(before)
	}
	for _, c := range slashCommands() {
		if c.name != name || c.complete == nil {
			continue
		}
		word := arg[strings.LastIndexByte(arg, ' ')+1:]
		for _, s := range c.complete() {
			if strings.HasPrefix(s, word) {
				candidates = append(candidates, s)
			}
		}
		return candidates, len(word)
	}
	return nil, 0
}

func closeCodes() []string {
	return []string{"1000", "1001", "1002", "1003", "1007", "1008", "1009", "1011", "1012", "1013"}
}

func formatNames() []string { return []string{"frames", "messages", "hex", "json"} }

func frameFields() []string {
	var names []string
	for _, name := range rawframe.Fields() {
		names = append(names, name+"=")
	}
	return names
}

// message returns the payload that arg stands for. What begins with @ and names no
// file was perhaps not meant to.
func message(t talker, arg string) ([]byte, error) {
	p, err := t.payload(arg)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; @%s sends the text", err, arg)
	}
	return p, err
}

func sendText(t talker, arg string) error {
	p, err := message(t, arg)
	if err != nil {
		return err
	}
	if err := checkText(p); err != nil {
		return fmt.Errorf("%w; /binary sends it", err)
	}
	return t.send(wsproto.OpText, p)
}

func sendBinary(t talker, arg string) error {
	p, err := t.payload(arg)
	if err != nil {
		return err
	}
	return t.send(wsproto.OpBinary, p)
}

func sendHex(t talker, arg string) error {
	p, err := literal.Hex(arg)
	if err != nil {
		return err
	}
	return t.send(wsproto.OpBinary, p)
}

func sendFile(t talker, arg string) error {
	path := strings.TrimSpace(arg)
	if path == "" {
		return errors.New("expected the path of a file")
	}
	p, err := t.payload("@" + path)
	if err != nil {
		return err
	}
	return t.send(wsproto.OpBinary, p)
}

func sendFragmented(t talker, arg string) error {
	n, text, _ := strings.Cut(arg, " ")
	size, err := strconv.Atoi(n)
	if err != nil || size < 1 {
		return fmt.Errorf("%q is not a number of bytes; expected something like /fragment 4 hello world", n)
	}
	p, err := t.payload(text)
	if err != nil {
		return err
	}
	if err := checkText(p); err != nil {
		return err
	}
	return t.sendFragments(wsproto.OpText, p, size)
}

func control(t talker, arg string, send func([]byte) error) error {
	p, err := t.payload(arg)
	if err != nil {
		return err
	}
	if len(p) > wsproto.MaxControlPayload {
		return fmt.Errorf("%d bytes, at most %d fit (RFC 6455, Section 5.5); /frame op=9 sends them all the same", len(p), wsproto.MaxControlPayload)
	}
	return send(p)
}

// sendClose understands "1000 reason" and wscat's "1000, reason".
func sendClose(t talker, arg string) error {
	arg = strings.TrimSpace(arg)
	if arg == "" {
		return t.closeWith(closing{code: wsproto.CloseNormal})
	}
	i := strings.IndexAny(arg, " ,:")
	if i < 0 {
		i = len(arg)
	}
	c, err := parseClosing(arg[:i], strings.TrimLeft(arg[i:], " ,:"))
	if err != nil {
		return fmt.Errorf("%w; /frame op=8 sends any", err)
	}
	return t.closeWith(c)
}

func changeFormat(t talker, arg string) error {
	f, err := render.ParseFormat(strings.TrimSpace(arg))
	if err != nil {
		return err
	}
	t.setFormat(f)
	return nil
}

func sendRawFrame(t talker, arg string) error {
	f, err := rawframe.Parse(arg, t.payload)
	if err != nil {
		return err
	}
	return t.sendFrame(f)
}
