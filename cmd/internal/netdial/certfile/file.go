package certfile

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSize bounds a file. A bundle of all public authorities has 250 kB.
const maxSize = 16 << 20

// An Error is a file that is of no use.
type Error struct {
	Path  string
	Fault string
	Hint  string // what to try, or ""
	Err   error  // the cause, may be nil
}

func (e *Error) Error() string { return e.Path + " " + e.Fault }
func (e *Error) Unwrap() error { return e.Err }

// read reads a whole file that has something in it.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &Error{Path: path, Fault: "is empty"}
	case len(data) > maxSize:
		return nil, &Error{Path: path, Fault: fmt.Sprintf("has more than %d bytes", maxSize)}
	}
	return data, nil
}

func unreadable(path string, err error) error {
	cause := err
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		cause = at.Err
	}
	return &Error{Path: path, Fault: "cannot be read: " + cause.Error(), Err: err}
}

// blocks returns the PEM blocks of a file.
func blocks(data []byte) (all []*pem.Block) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return all
		}
		all = append(all, b)
	}
}

const certificateBlock = "CERTIFICATE"

// certificates returns the certificates among the blocks of a file, of which
// there is at least one.
func certificates(path string, data []byte, in []*pem.Block) (all []*x509.Certificate, err error) {
	for _, b := range in {
		if b.Type != certificateBlock {
			continue
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, &Error{Path: path, Fault: fmt.Sprintf("has a broken certificate, number %d in it: %s", len(all)+1, plain(err)), Err: err}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, noCertificate(path, data, in)
	}
	return all, nil
}

func noCertificate(path string, data []byte, in []*pem.Block) error {
	e := &Error{Path: path, Fault: "has no certificate in PEM form", Hint: "a PEM file has a line -----BEGIN CERTIFICATE-----"}
	switch {
	case len(in) > 0:
		e.Fault += ", only " + types(in)
	case bytes.Contains(data, []byte("-----BEGIN "+certificateBlock)):
		e.Fault = "has a certificate in PEM that is cut off or damaged"
		e.Hint = "between its first and its last line there is nothing but Base64"
	default:
		if _, err := x509.ParseCertificate(data); err == nil {
			e.Fault += ", it is in DER form"
			e.Hint = "openssl x509 -inform DER -in FILE -out NEW converts it"
		}
	}
	return e
}

// types names the types of blocks, each once.
func types(in []*pem.Block) string {
	var names []string
	seen := map[string]bool{}
	for _, b := range in {
		if !seen[b.Type] {
			seen[b.Type] = true
			names = append(names, b.Type)
		}
	}
	return strings.Join(names, ", ")
}

// plain returns the text of an error without the name of its package.
func plain(err error) string {
	text := err.Error()
	for _, prefix := range []string{"x509: ", "pkcs12: ", "asn1: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// Pool returns the authorities in a PEM file.
func Pool(path string) (*x509.CertPool, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	all, err := certificates(path, data, blocks(data))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, c := range all {
		pool.AddCert(c)
	}
	return pool, nil
}
