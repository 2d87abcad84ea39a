package acceptkey

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"wscope/wsproto"
)

// A Mistake is how a wrong Sec-WebSocket-Accept probably came about.
type Mistake struct {
	// Name identifies the mistake, as in "md5". Several at once are joined
	// with a plus sign.
	Name string
	// Text tells it in a sentence without a capital and a full stop. It may
	// contain characters of the value: escape it for a terminal.
	Text string
}

// maxVariants is how many steps may have gone wrong at once. With more, what was
// found would be no explanation.
const maxVariants = 3

// Diagnose finds the likely mistake of a server that answers key with got. It
// reports false if got is the right answer. What is known only by its looks gets
// a Mistake too, so there is always something to tell about a wrong value.
//
// It hashes some thousand inputs, which takes milliseconds.
func Diagnose(key, got string) (Mistake, bool) {
	want := wsproto.AcceptKey(key)
	if got == want {
		return Mistake{}, false
	}
	if m, ok := damaged(key, got, want); ok {
		return m, true
	}
	for n := 1; n <= maxVariants; n++ {
		if m, ok := findVariants(key, got, n); ok {
			return m, true
		}
		if n > 1 {
			continue
		}
		if m, ok := findTypo(key, got); ok {
			return m, true
		}
	}
	for _, e := range exampleKeys {
		if got == wsproto.AcceptKey(e.key) {
			return Mistake{"fixed", "that is the answer to " + e.where + ": the server seems to ignore the key"}, true
		}
	}
	return byLooks(got), true
}

// damaged recognizes the right value, and the key, in what is left of them.
func damaged(key, got, want string) (Mistake, bool) {
	switch {
	case got == "":
		return Mistake{"empty", "the value is empty"}, true
	case got == key:
		return Mistake{"key", "that is the key itself: the server seems to send it back"}, true
	case strings.TrimSpace(got) == want:
		return Mistake{"white-space", "that is the right value with white space around it"}, true
	case strings.Trim(got, `"'`) == want:
		return Mistake{"quoted", "that is the right value in quotation marks"}, true
	case strings.EqualFold(got, want):
		return Mistake{"case", "that is the right value but for the case of its letters, which means something in Base64"}, true
	case got == strings.TrimRight(want, "="):
		return Mistake{}, false // the table has a better name for it
	case len(got) >= 4 && strings.HasPrefix(want, got):
		return Mistake{"cut", fmt.Sprintf("that is the right value cut off after %d of %d characters", len(got), len(want))}, true
	case strings.Contains(got, want):
		return Mistake{"surrounded", "the right value is in it, with something around it"}, true
	}
	return Mistake{}, false
}

// findVariants looks for got among the values that n mistakes lead to.
func findVariants(key, got string, n int) (Mistake, bool) {
	for k := range keyVariants {
		hashed := keyVariants[k].apply(key)
		if k > 0 && hashed == key {
			continue // a mistake that this key does not show
		}
		for g := range guidVariants {
			for o := range orderVariants {
				if left := n - wrong(k, g, o); left >= 0 && left <= 2 {
					input := []byte(orderVariants[o].apply(hashed, guidVariants[g].apply))
					if h, e, ok := findDigest(input, got, left); ok {
						return describe(got, k, g, o, h, e), true
					}
				}
			}
		}
	}
	return Mistake{}, false
}

// findDigest looks for the hash and the encoding that make got of input, exactly
// n of the two being wrong.
func findDigest(input []byte, got string, n int) (h, e int, ok bool) {
	for h := range hashVariants {
		if wrong(h) > n {
			continue
		}
		digest := hashVariants[h].apply(input)
		for e := range encodingVariants {
			if wrong(h, e) == n && encodingVariants[e].apply(digest) == got {
				return h, e, true
			}
		}
	}
	return 0, 0, false
}

// wrong counts the indexes of variants that are not the right one.
func wrong(indexes ...int) (n int) {
	for _, i := range indexes {
		if i > 0 {
			n++
		}
	}
	return n
}

func describe(got string, k, g, o, h, e int) Mistake {
	var names, does []string
	for _, v := range [...]struct{ name, does string }{
		{keyVariants[k].name, keyVariants[k].does},
		{guidVariants[g].name, guidVariants[g].does},
		{orderVariants[o].name, orderVariants[o].does},
		{hashVariants[h].name, hashVariants[h].does},
		{encodingVariants[e].name, encodingVariants[e].does},
	} {
		if v.name != "" {
			names, does = append(names, v.name), append(does, v.does)
		}
	}
	return Mistake{strings.Join(names, "+"), sizeFact(got) + "the server seems to " + strings.Join(does, " and to ")}
}

// sizeFact begins a sentence with the length of what got encodes, if that alone
// shows that it is no SHA-1.
func sizeFact(got string) string {
	b, err := decodeStrict(got)
	if err != nil || len(b) == 20 || isHex(got) {
		return ""
	}
	return fmt.Sprintf("that is the Base64 of %s, a SHA-1 is 20: ", count(len(b), "byte"))
}

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil
}

func findTypo(key, got string) (Mistake, bool) {
	sum, err := base64.StdEncoding.DecodeString(got)
	if err != nil || len(sum) != 20 {
		return Mistake{}, false
	}
	for typo := range guidTypos {
		if string(hashVariants[0].apply([]byte(key+typo))) == string(sum) {
			return Mistake{"guid-typo", fmt.Sprintf("the server seems to have a typing error in the GUID: it has %s, right is %s", typo, wsproto.GUID)}, true
		}
	}
	return Mistake{}, false
}

// digests are the functions that are known by the length of what they return.
var digests = map[int]string{16: "MD5", 28: "SHA-224", 32: "SHA-256", 48: "SHA-384", 64: "SHA-512"}

// byLooks tells what can be seen without knowing what was hashed.
func byLooks(got string) Mistake {
	if b, err := hex.DecodeString(got); err == nil {
		if len(b) == 20 {
			return Mistake{"hex", "that is a SHA-1 in hex, not in Base64, and not of this key and the GUID"}
		}
		if name := digests[len(b)]; name != "" {
			return Mistake{"hex", "that is hex, not Base64: the server seems to use " + name + " and to send the digest in hex"}
		}
	}
	b, err := decodeStrict(got)
	if err != nil {
		if raw, err := base64.RawStdEncoding.DecodeString(got); err == nil && len(raw) == 20 {
			return Mistake{"unpadded", "that is a SHA-1 without the padding of Base64, and not of this key and the GUID"}
		}
		return notBase64(got)
	}
	if name := digests[len(b)]; name != "" {
		return Mistake{strings.ToLower(name), sizeFact(got) + "the server seems to use " + name}
	}
	switch {
	case len(b) == 20:
		return Mistake{"other-key", "that is a SHA-1, but not of this key and the GUID: perhaps the answer to another key"}
	case isHex(string(b)) && len(b) == 40:
		return Mistake{"hex-in-base64", sizeFact(got) + "the server seems to encode a digest in hex and that in Base64"}
	}
	return Mistake{"size", fmt.Sprintf("that is the Base64 of %s, a SHA-1 is 20", count(len(b), "byte"))}
}

func notBase64(got string) Mistake {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
	for i, c := range got {
		switch {
		case strings.ContainsRune(alphabet, c):
		case i == 0:
			return Mistake{"not-base64", fmt.Sprintf(`that is not Base64: it begins with the character "%c"`, c)}
		default:
			return Mistake{"not-base64", fmt.Sprintf(`that is not Base64, for its character "%c" after %s`, c, count(i, "byte"))}
		}
	}
	return Mistake{"not-base64", fmt.Sprintf("that is not Base64, for its length of %s or its padding", count(len(got), "character"))}
}
