package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A wscatOption is an option of wscat 6.1 and what becomes of it.
type wscatOption struct {
	short byte // 0 if it has none
	long  string
	value wscatValue
	flag  string // the flag of ours, "" if there is nothing to ask for
}

type wscatValue uint8

const (
	noValue wscatValue = iota
	needsValue
	mayHaveValue // what follows is the value, unless it looks like an option
)

var wscatOptions = [...]wscatOption{
	{'c', "connect", needsValue, ""},
	{'l', "listen", needsValue, ""},
	{0, "auth", needsValue, "user"},
	{0, "ca", needsValue, "cacert"},
	{0, "cert", needsValue, "cert"},
	{'H', "header", needsValue, "header"},
	{0, "host", needsValue, "header"},
	{0, "key", needsValue, "key"},
	{'L', "location", noValue, "location"},
	{0, "max-redirects", mayHaveValue, "max-redirs"},
	{'n', "no-check", noValue, "insecure"},
	{0, "no-color", noValue, "no-color"},
	{'o', "origin", needsValue, "origin"},
	{0, "passphrase", mayHaveValue, "pass"},
	{'p', "protocol", needsValue, "ws-version"},
	{0, "proxy", needsValue, "proxy"},
	{'P', "show-ping-pong", noValue, ""}, // control frames are shown anyway
	{0, "slash", noValue, "slash"},
	{'s', "subprotocol", needsValue, "subprotocol"},
	{'w', "wait", needsValue, "wait"},
	{'x', "execute", needsValue, "execute"},
}

// rewriteWscat makes a command line with a command of one that wscat takes: -c
// or -l, in one of their forms, and no command before it. All other command
// lines come back as they are. Options that wscat does not have are kept.
//
// A listening wscat sends what is typed, and nothing else. Where somebody can
// type, so does ours; elsewhere a server that never says anything is no use, and
// it sends back what it gets.
func rewriteWscat(root *cobra.Command, args []string, interactive bool) ([]string, error) {
	p := wscatParser{rest: args}
	for _, c := range root.Commands() {
		p.commands = append(p.commands, c.Name())
		switch c.Name() {
		case "connect":
			p.connect = c
		case "listen":
			p.listen = c
		}
	}
	if err := p.parse(); err != nil {
		return nil, err
	}
	if p.mode == nil {
		return args, nil
	}
	command := []string{p.mode.Name()}
	if p.mode == p.listen && interactive {
		command = append(command, "--interactive", "--no-echo")
	}
	return append(command, p.emit()...), nil
}

// A wscatParser reads a command line as wscat does.
type wscatParser struct {
	rest            []string
	commands        []string
	connect, listen *cobra.Command

	mode  *cobra.Command // the command that -c or -l stands for, nil before that
	items []wscatItem
}

// A wscatItem is an argument, or an option of wscat with its value.
type wscatItem struct {
	option   *wscatOption // nil for anything that is kept as it is
	value    string
	hasValue bool
}

func (p *wscatParser) parse() error {
	for len(p.rest) > 0 {
		arg := p.next()
		var err error
		switch {
		case arg == "--":
			p.keep(arg)
			for len(p.rest) > 0 {
				p.keep(p.next())
			}
		case strings.HasPrefix(arg, "--"):
			err = p.long(arg)
		case strings.HasPrefix(arg, "-") && arg != "-":
			err = p.shorts(arg[1:])
		case p.mode == nil && (slices.Contains(p.commands, arg) || strings.HasPrefix(arg, "__")):
			return nil // a command, or one of the shell's completion
		default:
			p.keep(arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *wscatParser) next() string {
	arg := p.rest[0]
	p.rest = p.rest[1:]
	return arg
}

func (p *wscatParser) keep(arg string) {
	p.items = append(p.items, wscatItem{value: arg})
}

// long reads an option in its long form, "--name" or "--name=value".
func (p *wscatParser) long(arg string) error {
	name, value, hasValue := strings.Cut(arg[2:], "=")
	for i := range wscatOptions {
		if o := &wscatOptions[i]; o.long == name {
			return p.option(o, "--"+name, value, hasValue)
		}
	}
	p.keep(arg)
	if f := p.lookup(func(fs *pflag.FlagSet) *pflag.Flag { return fs.Lookup(name) }); f != nil && f.NoOptDefVal == "" && !hasValue {
		p.keepValue()
	}
	return nil
}

// shorts reads options in their short form, one or several behind one hyphen,
// the last of which may have its value attached.
func (p *wscatParser) shorts(letters string) error {
	for i := 0; i < len(letters); i++ {
		after := letters[i+1:]
		j := slices.IndexFunc(wscatOptions[:], func(o wscatOption) bool { return o.short == letters[i] })
		if j >= 0 {
			o := &wscatOptions[j]
			if o.value != noValue {
				return p.option(o, "-"+letters[i:i+1], after, after != "")
			}
			if err := p.option(o, "-"+letters[i:i+1], "", false); err != nil {
				return err
			}
			continue
		}
		f := p.lookup(func(fs *pflag.FlagSet) *pflag.Flag { return fs.ShorthandLookup(letters[i : i+1]) })
		if f == nil || f.NoOptDefVal != "" {
			p.keep("-" + letters[i:i+1])
			continue
		}
		p.keep("-" + letters[i:])
		if after == "" {
			p.keepValue()
		}
		break
	}
	return nil
}

// lookup finds a flag that is not wscat's, to know whether it takes a value.
func (p *wscatParser) lookup(find func(*pflag.FlagSet) *pflag.Flag) *pflag.Flag {
	for _, c := range []*cobra.Command{p.connect, p.listen} {
		if c == nil {
			continue
		}
		for _, flags := range []*pflag.FlagSet{c.Flags(), c.InheritedFlags()} {
			if f := find(flags); f != nil {
				return f
			}
		}
	}
	return nil
}

func (p *wscatParser) keepValue() {
	if len(p.rest) > 0 {
		p.keep(p.next())
	}
}

// option takes the value of o, which was typed as name, and notes both.
func (p *wscatParser) option(o *wscatOption, name, value string, hasValue bool) error {
	switch {
	case hasValue || len(p.rest) == 0:
	case o.value == needsValue,
		o.value == mayHaveValue && (len(p.rest[0]) < 2 || p.rest[0][0] != '-'):
		value, hasValue = p.next(), true
	}
	var mode *cobra.Command
	switch o.long {
	case "connect":
		mode = p.connect
	case "listen":
		mode = p.listen
	}
	if mode != nil {
		if p.mode != nil && p.mode != mode {
			return usageError("wscope -c ws://127.0.0.1:8080", "-c/--connect and -l/--listen cannot be used together")
		}
		p.mode = mode
	}
	if o.value == needsValue && !hasValue && p.mode != nil {
		return usageError(wscatExample(p.mode, name), "%s needs a value", name)
	}
	p.items = append(p.items, wscatItem{o, value, hasValue})
	return nil
}

func wscatExample(mode *cobra.Command, name string) string {
	if mode.Name() == "listen" {
		return "wscope -l 8080"
	}
	if name == "-c" || name == "--connect" {
		return "wscope -c ws://127.0.0.1:8080"
	}
	return firstExample(mode)
}

// emit returns the arguments of the command p.mode.
func (p *wscatParser) emit() []string {
	var args []string
	for _, item := range p.items {
		o := item.option
		switch {
		case o == nil:
			args = append(args, item.value)
		case o.long == "connect":
			args = append(args, wscatURL(item.value))
		case o.long == "listen":
			args = append(args, item.value)
		case o.flag == "" || p.ignored(o):
		case o.long == "host":
			args = append(args, "--header=Host: "+item.value)
		case item.hasValue:
			args = append(args, "--"+o.flag+"="+item.value)
		case o.value == noValue:
			args = append(args, "--"+o.flag)
		case o.long == "passphrase":
			args = append(args, "--"+o.flag+"=")
		}
	}
	return args
}

// ignored reports whether o says nothing to a listening wscat, nor to our listen.
func (p *wscatParser) ignored(o *wscatOption) bool {
	return p.mode == p.listen && p.listen.Flag(o.flag) == nil
}

// wscatURL adds the scheme that wscat takes where there is none.
func wscatURL(s string) string {
	if s == "" || strings.HasPrefix(s, ":") || strings.Contains(s, "://") {
		return s
	}
	return "ws://" + s
}
