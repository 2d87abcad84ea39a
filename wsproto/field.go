package wsproto

import (
	"fmt"
	"strings"
)

// A Field is one header field, with the name in the case it has on the wire.
type Field struct{ Name, Value string }

// Fields are the header fields of an HTTP message in their order; a name can
// occur several times. Names are compared without regard to case.
type Fields []Field

// Value returns the value of the first field of that name, or "".
func (f Fields) Value(name string) string {
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			return f[i].Value
		}
	}
	return ""
}

// Values returns the values of all fields of that name, in order.
func (f Fields) Values(name string) []string {
	var v []string
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			v = append(v, f[i].Value)
		}
	}
	return v
}

// Has reports whether there is a field of that name.
func (f Fields) Has(name string) bool {
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			return true
		}
	}
	return false
}

// HasToken reports whether one of the comma-separated values of that name is the
// token, without regard to case.
func (f Fields) HasToken(name, token string) bool { return hasToken(f.Values(name), token) }

// appendTo appends the fields as they stand in an HTTP/1.1 message.
func (f Fields) appendTo(b []byte) []byte {
	for _, field := range f {
		b = append(b, field.Name...)
		b = append(b, ':')
		if field.Value != "" {
			b = append(b, ' ')
			b = append(b, field.Value...)
		}
		b = append(b, "\r\n"...)
	}
	return b
}

// check refuses what would not arrive as it was meant: a message must not be
// split by its own fields.
func (f Fields) check() error {
	for _, field := range f {
		if !IsToken(field.Name) {
			return fmt.Errorf("header field name %q is not a token", field.Name)
		}
		if !isFieldValue(field.Value) {
			return fmt.Errorf("header field %s has a control character in its value", field.Name)
		}
	}
	return nil
}
