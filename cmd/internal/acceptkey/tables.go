package acceptkey

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"strings"

	"wscope/wsproto"
)

// A variant is one way to go about one step of the computation. The first of
// each table is the right one. Does completes "the server seems to".
type variant[F any] struct {
	name, does string
	apply      F
}

// keyVariants are what stands for the key in the input of the hash.
var keyVariants = [...]variant[func(key string) string]{
	{"", "", func(k string) string { return k }},
	{"key-decoded", "decode the key before hashing it", func(k string) string {
		if b, err := decodeStrict(k); err == nil {
			return string(b)
		}
		return k
	}},
	{"key-trimmed", "strip the white space from the key", strings.TrimSpace},
	{"key-lf", "hash a line feed after the key", func(k string) string { return k + "\n" }},
	{"key-crlf", "hash the end of the header line after the key", func(k string) string { return k + "\r\n" }},
	{"key-cr", "hash a carriage return after the key", func(k string) string { return k + "\r" }},
	{"key-space-before", "hash the space that follows the header's colon", func(k string) string { return " " + k }},
	{"key-space-after", "hash a space after the key", func(k string) string { return k + " " }},
	{"key-nul", "hash a NUL byte after the key", func(k string) string { return k + "\x00" }},
	{"key-unpadded", "drop the padding of the key", func(k string) string { return strings.TrimRight(k, "=") }},
	{"key-cut", "drop the last character of the key", func(k string) string { return k[:max(0, len(k)-1)] }},
	{"key-lower-case", "put the key in lower case", strings.ToLower},
	{"key-upper-case", "put the key in upper case", strings.ToUpper},
	{"key-quoted", "hash quotation marks around the key", func(k string) string { return `"` + k + `"` }},
	{"key-hex", "hash the key's bytes in hex", func(k string) string {
		if b, err := decodeStrict(k); err == nil {
			return hex.EncodeToString(b)
		}
		return k
	}},
	{"key-encoded", "encode the key once more before hashing it", func(k string) string {
		return base64.StdEncoding.EncodeToString([]byte(k))
	}},
	{"key-base64url", "put the key in the URL alphabet of Base64", standardToURL.Replace},
	{"key-plus-as-space", "take the + of the key for a space", func(k string) string { return strings.ReplaceAll(k, "+", " ") }},
	{"key-header-line", "hash the name of the header with the key", func(k string) string { return "Sec-WebSocket-Key: " + k }},
	{"key-missing", "leave the key out", func(string) string { return "" }},
}

// guidVariants are what stands for the GUID. Typing errors are in guidTypos.
var guidVariants = [...]variant[string]{
	{"", "", wsproto.GUID},
	{"guid-lower-case", "have the GUID in lower case", strings.ToLower(wsproto.GUID)},
	{"guid-missing", "leave the GUID out", ""},
	{"guid-lf", "hash a line feed after the GUID", wsproto.GUID + "\n"},
	{"guid-crlf", "hash a line break after the GUID", wsproto.GUID + "\r\n"},
	{"guid-space", "hash a space after the GUID", wsproto.GUID + " "},
	{"guid-nul", "hash a NUL byte after the GUID", wsproto.GUID + "\x00"},
	{"guid-braces", "hash braces around the GUID", "{" + wsproto.GUID + "}"},
	{"guid-quoted", "hash quotation marks around the GUID", `"` + wsproto.GUID + `"`},
	{"guid-no-hyphens", "drop the hyphens of the GUID", strings.ReplaceAll(wsproto.GUID, "-", "")},
	{"guid-bytes", "hash the 16 bytes of the GUID, not its text", guidBytes},
	{"guid-bytes-mixed", "hash the 16 bytes of the GUID in the order of Windows, not its text", guidBytesMixed},
}

const (
	guidBytes      = "\x25\x8E\xAF\xA5\xE9\x14\x47\xDA\x95\xCA\xC5\xAB\x0D\xC8\x5B\x11"
	guidBytesMixed = "\xA5\xAF\x8E\x25\x14\xE9\xDA\x47\x95\xCA\xC5\xAB\x0D\xC8\x5B\x11"
)

// orderVariants put the key and the GUID together.
var orderVariants = [...]variant[func(key, guid string) string]{
	{"", "", func(k, g string) string { return k + g }},
	{"guid-first", "put the GUID before the key", func(k, g string) string { return g + k }},
}

// hashVariants digest them.
var hashVariants = [...]variant[func(b []byte) []byte]{
	{"", "", func(b []byte) []byte { h := sha1.Sum(b); return h[:] }},
	{"md5", "use MD5", func(b []byte) []byte { h := md5.Sum(b); return h[:] }},
	{"sha-256", "use SHA-256", func(b []byte) []byte { h := sha256.Sum256(b); return h[:] }},
	{"sha-512", "use SHA-512", func(b []byte) []byte { h := sha512.Sum512(b); return h[:] }},
	{"sha-224", "use SHA-224", func(b []byte) []byte { h := sha256.Sum224(b); return h[:] }},
	{"sha-384", "use SHA-384", func(b []byte) []byte { h := sha512.Sum384(b); return h[:] }},
	{"no-hash", "hash nothing", func(b []byte) []byte { return b }},
	{"sha-1-twice", "hash twice", func(b []byte) []byte { h := sha1.Sum(b); h = sha1.Sum(h[:]); return h[:] }},
	{"sha-1-byte-order", "take the digest in the wrong byte order", func(b []byte) []byte {
		h := sha1.Sum(b)
		for i := 0; i < len(h); i += 4 {
			binary.LittleEndian.PutUint32(h[i:], binary.BigEndian.Uint32(h[i:]))
		}
		return h[:]
	}},
}

// encodingVariants make text of the digest.
var encodingVariants = [...]variant[func(digest []byte) string]{
	{"", "", base64.StdEncoding.EncodeToString},
	{"hex", "send the digest in hex", hex.EncodeToString},
	{"hex-in-base64", "encode the digest in hex and that in Base64", func(d []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(d)))
	}},
	{"unpadded", "drop the padding of the value", base64.RawStdEncoding.EncodeToString},
	{"base64url", "use the URL alphabet of Base64", base64.URLEncoding.EncodeToString},
	{"base64url-unpadded", "use the URL alphabet of Base64 without padding", base64.RawURLEncoding.EncodeToString},
	{"base64-twice", "encode in Base64 twice", func(d []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(d)))
	}},
	{"hex-upper-case", "send the digest in hex", func(d []byte) string { return strings.ToUpper(hex.EncodeToString(d)) }},
	{"hex-upper-case-in-base64", "encode the digest in hex and that in Base64", func(d []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(strings.ToUpper(hex.EncodeToString(d))))
	}},
	{"hex-lf-in-base64", "encode the digest in hex and that, with a line feed, in Base64", func(d []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(d) + "\n"))
	}},
	{"sha1sum-in-base64", "encode the output of sha1sum in Base64", func(d []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(d) + "  -\n"))
	}},
	{"lf-in-base64", "encode a line feed with the digest", func(d []byte) string {
		return base64.StdEncoding.EncodeToString(append(d[:len(d):len(d)], '\n'))
	}},
	{"nul-in-base64", "encode a NUL byte with the digest", func(d []byte) string {
		return base64.StdEncoding.EncodeToString(append(d[:len(d):len(d)], 0))
	}},
	{"utf-8-in-base64", "take the digest for Latin-1 text and encode its UTF-8", func(d []byte) string {
		runes := make([]rune, len(d))
		for i, c := range d {
			runes[i] = rune(c)
		}
		return base64.StdEncoding.EncodeToString([]byte(string(runes)))
	}},
	{"percent-encoded", "percent-encode the value", func(d []byte) string {
		return url.QueryEscape(base64.StdEncoding.EncodeToString(d))
	}},
}

var (
	urlToStandard = strings.NewReplacer("-", "+", "_", "/")
	standardToURL = strings.NewReplacer("+", "-", "/", "_")
)

// guidTypos calls yield with every text that is one typing error away from the
// GUID: a character that is missing, doubled, wrong, too many, or exchanged with
// the next.
func guidTypos(yield func(string) bool) {
	const g, alphabet = wsproto.GUID, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghijklmnopqrstuvwxyz"
	for i := range len(g) + 1 {
		if i < len(g) && !yield(g[:i]+g[i+1:]) {
			return
		}
		if i+1 < len(g) && !yield(g[:i]+g[i+1:i+2]+g[i:i+1]+g[i+2:]) {
			return
		}
		for _, c := range alphabet {
			if i < len(g) && !yield(g[:i]+string(c)+g[i+1:]) {
				return
			}
			if !yield(g[:i] + string(c) + g[i:]) {
				return
			}
		}
	}
}

// exampleKeys are the keys of documents, whose answers servers have been seen to
// send whatever the key was.
var exampleKeys = [...]struct{ key, where string }{
	{"dGhlIHNhbXBsZSBub25jZQ==", "the example key of RFC 6455, Section 1.3"},
	{"x3JJHMbDL1EzLkh9GBhXDw==", "the example key of Wikipedia"},
}
