package cmd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/netdial"
	"wscope/render"
)

// netOptions are the flags that say by which way a server is reached, and how
// long that may take.
type netOptions struct {
	resolve    []string
	connectTo  []string
	ipv4, ipv6 bool
	bind       string
	unix       string
	proxy      proxyOptions

	connectTimeout time.Duration
	maxTime        time.Duration
}

// defaultConnectTimeout bounds opening a connection, from the name look-up to
// the end of the opening handshake.
const defaultConnectTimeout = 30 * time.Second

func (o *netOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	o.connectTimeout = defaultConnectTimeout
	flags.StringArrayVar(&o.resolve, "resolve", nil, "take these addresses for a name, `HOST:PORT:ADDRESS[,ADDRESS]`; HOST may be *; repeats")
	flags.StringArrayVar(&o.connectTo, "connect-to", nil, "`HOST1:PORT1:HOST2:PORT2`: connect to the second where the URL has the first; each part may be empty; repeats")
	flags.BoolVarP(&o.ipv4, "ipv4", "4", false, "use IPv4 only")
	flags.BoolVarP(&o.ipv6, "ipv6", "6", false, "use IPv6 only")
	flags.StringVar(&o.bind, "interface", "", "connect from this network interface, or from this `address` of this machine")
	flags.StringVar(&o.unix, "unix-socket", "", "connect to the Unix socket at this `path`, whatever the URL says; @NAME is an abstract one")
	flags.Var(durationFlag{d: &o.connectTimeout}, "connect-timeout", "give up if the connection is not open after this time")
	flags.VarP(durationFlag{d: &o.maxTime}, "max-time", "m", "end the session after this time (default no limit)")
	setFlagExample(flags, "resolve", "example.com:443:127.0.0.1")
	setFlagExample(flags, "connect-to", "example.com:443:127.0.0.1:8443")
	setFlagExample(flags, "interface", "eth0")
	setFlagExample(flags, "unix-socket", "/run/app.sock")
	setGroup(flags, "Connection", "resolve", "connect-to", "ipv4", "ipv6", "interface", "unix-socket", "connect-timeout", "max-time")
	o.proxy.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("ipv4", "ipv6")
	cmd.MarkFlagsMutuallyExclusive("unix-socket", "proxy")
}

// dialer returns the dialer that the flags ask for, without TLS.
func (o *netOptions) dialer(s streams) (*netdial.Dialer, error) {
	d := &netdial.Dialer{Unix: o.unix}
	for _, text := range o.resolve {
		e, err := netdial.ParseHostEntry(text)
		if err != nil {
			return nil, usageError("--resolve example.com:443:127.0.0.1", "--resolve %q: %w", text, err)
		}
		d.Hosts = append(d.Hosts, e)
	}
	for _, text := range o.connectTo {
		c, err := netdial.ParseConnectTo(text)
		if err != nil {
			return nil, usageError("--connect-to example.com:443:127.0.0.1:8443", "--connect-to %q: %w", text, err)
		}
		d.ConnectTo = append(d.ConnectTo, c)
	}
	switch {
	case strings.ContainsAny(o.unix, "\x00\r\n"):
		return nil, usageError("--unix-socket /run/app.sock", "--unix-socket %q: a path has no NUL and no line break", o.unix)
	case o.ipv4:
		d.Family = netdial.IPv4
	case o.ipv6:
		d.Family = netdial.IPv6
	}
	if o.bind != "" {
		ctx, cancel := context.WithTimeout(context.Background(), max(o.connectTimeout, time.Second))
		defer cancel()
		var err error
		if d.Bind, err = netdial.ParseBind(ctx, o.bind); err != nil {
			return nil, usageError("--interface eth0", "--interface: %w", err)
		}
	}
	var err error
	d.Proxy, err = o.proxy.chooser(s)
	return d, err
}

// proxyOptions are the flags of proxies.
type proxyOptions struct {
	url      optionalText
	user     string
	header   headerEdits
	insecure bool
	caFile   string
	none     optionalText
}

func (o *proxyOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(optionalFlag{&o.url, "url"}, "proxy", "connect through the proxy at this url: http, https, socks5 or socks5h; '' uses none, whatever the environment says")
	flags.StringVar(&o.user, "proxy-user", "", "authenticate to the proxy as `user:password`; without a password it is asked for")
	flags.Var(headerFlag{&o.header}, "proxy-header", "add `\"name: value\"` to the request to the proxy, as -H does it")
	flags.BoolVar(&o.insecure, "proxy-insecure", false, "do not check the certificate of the proxy")
	flags.StringVar(&o.caFile, "proxy-cacert", "", "trust the authorities in this PEM `file` for the proxy")
	flags.Var(optionalFlag{&o.none, "list"}, "noproxy", "reach these hosts without a proxy: domains, addresses and networks, with commas between them, or *")
	setFlagExample(flags, "proxy", "http://127.0.0.1:3128")
	setFlagExample(flags, "proxy-user", "alice:secret")
	setFlagExample(flags, "proxy-header", "X-Trace: 1")
	setFlagExample(flags, "proxy-cacert", "ca.pem")
	setFlagExample(flags, "noproxy", "example.com,10.0.0.0/8")
	setGroup(flags, "Proxy", "proxy", "proxy-user", "proxy-header", "proxy-insecure", "proxy-cacert", "noproxy")
}

// chooser returns the function that tells the proxy for a target. What the flags
// say is judged at once, what the environment says when it is needed.
func (o *proxyOptions) chooser(s streams) (func(netdial.Target) (*netdial.Proxy, error), error) {
	if o.url.given && o.url.text == "" {
		return nil, nil
	}
	env := netdial.Environment{Getenv: s.getenv}
	user, err := o.credentials(s)
	if err != nil {
		return nil, err
	}
	secure := sync.OnceValues(func() (*tls.Config, error) { return o.tls(s) })
	without, _ := env.NoProxy()
	if o.none.given {
		without = o.none.text
	}
	if o.url.given {
		p, err := o.complete(o.url.text, user, secure)
		if err != nil {
			return nil, usageFailure(err, "--proxy http://127.0.0.1:3128", "--proxy")
		}
		p.Source = "--proxy"
		return func(t netdial.Target) (*netdial.Proxy, error) {
			if netdial.NoProxy(without, t.Host) {
				return nil, nil
			}
			return p, nil
		}, nil
	}
	return func(t netdial.Target) (*netdial.Proxy, error) {
		text, name := env.Proxy(t)
		if text == "" || netdial.NoProxy(without, t.Host) {
			return nil, nil
		}
		p, err := o.complete(text, user, secure)
		if err != nil {
			return nil, fmt.Errorf("the environment variable %s: %w", name, err)
		}
		p.Source = "$" + name
		return p, nil
	}, nil
}

// complete returns the proxy at a URL with all that the flags say of it.
func (o *proxyOptions) complete(text string, user *string, secure func() (*tls.Config, error)) (*netdial.Proxy, error) {
	p, err := netdial.ParseProxy(text)
	if err != nil {
		return nil, err
	}
	if user != nil {
		if err := p.SetAuth(*user); err != nil {
			return nil, err
		}
	}
	p.Header, p.Omit = o.header.fields, o.header.omit
	if p.Kind == netdial.ProxyHTTPS {
		p.TLS, err = secure()
	}
	return p, err
}

// tls returns how the connection to a proxy is secured.
func (o *proxyOptions) tls(s streams) (*tls.Config, error) {
	config, err := (&tlsOptions{insecure: o.insecure}).config(s, true)
	if err == nil && o.caFile != "" {
		config.RootCAs, err = caPool(s, "--proxy-cacert", o.caFile)
	}
	return config, err
}

// credentials returns the value of --proxy-user, with a password that is asked for
// if it has none, or nil.
func (o *proxyOptions) credentials(s streams) (*string, error) {
	if o.user == "" {
		return nil, nil
	}
	user := o.user
	if strings.ContainsAny(user, "\r\n\x00") {
		return nil, usageError("--proxy-user alice:secret", "--proxy-user: a user and a password have no line breaks and no NUL")
	}
	if !strings.Contains(user, ":") {
		password, err := askSecret(s, "password for "+render.Escape(user)+" at the proxy: ",
			usageError("--proxy-user alice:secret", "--proxy-user has no password, and there is no terminal to ask for one"))
		if err != nil {
			return nil, err
		}
		user += ":" + password
	}
	return &user, nil
}

// usageFailure makes a usage error of one that does not know its exit status.
func usageFailure(err error, example, flag string) error {
	if _, ok := errors.AsType[*exitError](err); ok {
		return err
	}
	return usageError(example, "%s: %w", flag, err)
}
