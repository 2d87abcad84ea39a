package cookies

import (
	"errors"
	"net/http"
	"strings"
)

// parseSetCookie takes the value of a Set-Cookie field apart. Names and values
// are taken as browsers take them, also where net/http refuses to.
//
// RFC 6265, Section 5.2.
func parseSetCookie(field string) (*http.Cookie, error) {
	for i := range len(field) {
		if b := field[i]; b < ' ' && b != '\t' || b == 0x7F {
			return nil, errors.New("a Set-Cookie field has a control character in it")
		}
	}
	pair, attributes, _ := strings.Cut(field, ";")
	name, value, ok := strings.Cut(pair, "=")
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if !ok || name == "" {
		return nil, errors.New("a Set-Cookie field does not begin with a name and an equals sign")
	}
	c, err := http.ParseSetCookie("x=;" + attributes)
	if err != nil {
		return nil, err
	}
	c.Name, c.Value = name, value
	return c, nil
}
