package cmd

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// tlsOptions are the flags that say how a connection is secured.
type tlsOptions struct {
	insecure bool
	caFile   string
}

func (o *tlsOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVarP(&o.insecure, "insecure", "k", false, "do not check the certificate of the server")
	flags.StringVar(&o.caFile, "cacert", "", "trust the authorities in this PEM `file` instead of the system's")
	addAlias(flags, "no-check", "insecure")
	addAlias(flags, "ca", "cacert")
	setGroup(flags, "TLS", "insecure", "cacert")
}

// config returns the configuration that the flags ask for.
func (o *tlsOptions) config() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: o.insecure, NextProtos: []string{"http/1.1"}}
	if o.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(o.caFile)
	if err != nil {
		return nil, failure(exitCAFile, fmt.Errorf("--cacert: %w", err), "")
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, failure(exitCAFile, fmt.Errorf("--cacert: %s has no certificate in PEM form", o.caFile),
			"a PEM file has a line -----BEGIN CERTIFICATE-----")
	}
	return config, nil
}
