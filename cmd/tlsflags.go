package cmd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/netdial/certfile"
	"wscope/render"
)

// tlsOptions are the flags that say how a connection is secured.
type tlsOptions struct {
	insecure   bool
	caFile     string
	cert, key  string
	pass       string // "" if it is to be asked for
	serverName optionalText
	min, max   uint16 // 0 leaves it to crypto/tls
}

func (o *tlsOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVarP(&o.insecure, "insecure", "k", false, "do not check the certificate of the server")
	flags.StringVar(&o.caFile, "cacert", "", "trust the authorities in this PEM `file` instead of the system's; $SSL_CERT_FILE does the same")
	flags.StringVar(&o.cert, "cert", "", "show the server the client certificate in this `file`, in PEM or PKCS #12; FILE:PASSPHRASE opens an encrypted one")
	flags.StringVar(&o.key, "key", "", "the key of the client certificate is in this PEM `file`")
	flags.StringVar(&o.pass, "pass", "", "the `passphrase` of the key; without it, it is asked for")
	flags.Var(optionalFlag{&o.serverName, "name"}, "servername", "send this name (SNI), and demand it of the certificate; with '' send none")
	flags.Var(tlsVersionFlag{&o.min}, "tls-min", "use no older version of TLS: 1.0, 1.1, 1.2 or 1.3 (default 1.2)")
	flags.Var(tlsVersionFlag{&o.max}, "tls-max", "use no newer version of TLS")
	for alias, name := range map[string]string{"no-check": "insecure", "ca": "cacert", "passphrase": "pass"} {
		addAlias(flags, alias, name)
	}
	setFlagExample(flags, "cacert", "ca.pem")
	setFlagExample(flags, "cert", "client.pem")
	setFlagExample(flags, "key", "client.key")
	setFlagExample(flags, "pass", "secret")
	setFlagExample(flags, "servername", "example.com")
	setFlagExample(flags, "tls-min", "1.2")
	setFlagExample(flags, "tls-max", "1.2")
	setGroup(flags, "TLS", "insecure", "cacert", "cert", "key", "pass", "servername", "tls-min", "tls-max")
}

// config returns the configuration that the flags and the environment ask for.
// It has no ServerName if --servername is empty: see noServerName. Needed tells
// that there will be TLS, and not only if a redirect leads there.
func (o *tlsOptions) config(s streams, needed bool) (*tls.Config, error) {
	if o.min != 0 && o.max != 0 && o.min > o.max {
		return nil, usageError("--tls-min 1.2 --tls-max 1.3", "--tls-min %s is newer than --tls-max %s",
			tlsVersionFlag{&o.min}, tlsVersionFlag{&o.max})
	}
	if strings.ContainsAny(o.serverName.text, "\r\n\x00 /:@") {
		return nil, usageError("--servername example.com", "--servername %q is not the name of a host", o.serverName.text)
	}
	config := &tls.Config{
		InsecureSkipVerify: o.insecure,
		NextProtos:         []string{"http/1.1"},
		ServerName:         o.serverName.text,
		MinVersion:         o.min,
		MaxVersion:         o.max,
		CipherSuites:       cipherSuites(),
	}
	if o.max != 0 && o.max < tls.VersionTLS12 && o.min == 0 {
		config.MinVersion = o.max
	}
	var err error
	if config.RootCAs, err = caPool(s, "--cacert", o.caFile); err != nil {
		if needed || o.caFile != "" {
			return nil, err
		}
		// A bad file of the environment is no obstacle to go without TLS, and
		// no reason to trust others.
		config.RootCAs = x509.NewCertPool()
	}
	if config.KeyLogWriter, err = keyLog(s); err != nil && needed {
		return nil, err
	}
	if config.Certificates, err = o.certificates(s); err != nil {
		return nil, err
	}
	return config, nil
}

// cipherSuites returns the cipher suites up to TLS 1.2: those that are safe, and
// those with AES and an RSA key exchange, which some servers have nothing better
// than. Programs with OpenSSL take them, too.
func cipherSuites() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	return append(ids,
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256)
}

// noServerName reports whether no name is to be sent.
func (o *tlsOptions) noServerName() bool { return o.serverName.given && o.serverName.text == "" }

// caPool returns the authorities in the file of a flag, or of SSL_CERT_FILE, nil
// for those of the system.
func caPool(s streams, flag, path string) (*x509.CertPool, error) {
	if path == "" {
		flag, path = "SSL_CERT_FILE", s.getenv("SSL_CERT_FILE")
	}
	if path == "" {
		return nil, nil
	}
	pool, err := certfile.Pool(path)
	return pool, fileFailure(exitCAFile, flag, err)
}

// certificates returns the client certificate, if there is one.
func (o *tlsOptions) certificates(s streams) ([]tls.Certificate, error) {
	if o.cert == "" {
		if o.key != "" {
			return nil, usageError("--cert client.pem --key client.key", "--key needs the certificate that the key belongs to, --cert")
		}
		return nil, nil
	}
	path, passphrase, _ := certfile.SplitPassphrase(o.cert)
	if o.pass != "" {
		passphrase = o.pass
	}
	named := func(file string) string { // the flag that has named it
		if file == o.key && file != path {
			return "--key"
		}
		return "--cert"
	}
	c, err := certfile.Client{Cert: path, Key: o.key, Passphrase: passphrase, HasPassphrase: passphrase != "", Ask: func(file string) (string, error) {
		return askSecret(s, "passphrase for "+render.Escape(file)+": ",
			failure(exitClientCert, fmt.Errorf("%s: %s is encrypted, and there is no terminal to ask for its passphrase", named(file), file), "--pass gives it"))
	}}.Load()
	if bad, ok := errors.AsType[*certfile.Error](err); ok {
		return nil, fileFailure(exitClientCert, named(bad.Path), err)
	}
	if err != nil {
		return nil, err
	}
	return []tls.Certificate{c}, nil
}

// fileFailure gives the error of a file that a flag has named an exit status. It
// returns nil for nil.
func fileFailure(code int, flag string, err error) error {
	bad, ok := errors.AsType[*certfile.Error](err)
	if !ok {
		return err
	}
	return failure(code, fmt.Errorf("%s: %w", flag, bad), bad.Hint)
}

// keyLog opens the file that SSLKEYLOGFILE names, where programs that look at the
// network find the keys of connections. It returns nil if there is none.
func keyLog(s streams) (io.Writer, error) {
	path := s.getenv("SSLKEYLOGFILE")
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, failure(exitWrite, fmt.Errorf("SSLKEYLOGFILE: %w", err), "unset SSLKEYLOGFILE to go without")
	}
	return f, nil
}

// An optionalText is the value of a flag for which an empty one is not the same
// as none.
type optionalText struct {
	text  string
	given bool
}

// An optionalFlag sets an optionalText.
type optionalFlag struct {
	v    *optionalText
	kind string
}

func (f optionalFlag) Type() string { return f.kind }

func (f optionalFlag) String() string {
	if f.v == nil {
		return ""
	}
	return f.v.text
}

func (f optionalFlag) Set(s string) error {
	*f.v = optionalText{s, true}
	return nil
}

// A tlsVersionFlag is a version of TLS, "1.0" to "1.3".
type tlsVersionFlag struct{ version *uint16 }

func (f tlsVersionFlag) Type() string { return "version" }

func (f tlsVersionFlag) String() string {
	if f.version == nil || *f.version == 0 {
		return ""
	}
	return fmt.Sprintf("1.%d", *f.version-tls.VersionTLS10)
}

func (f tlsVersionFlag) Set(s string) error {
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		if s == (tlsVersionFlag{&v}).String() {
			*f.version = v
			return nil
		}
	}
	return errors.New("expected 1.0, 1.1, 1.2 or 1.3")
}
