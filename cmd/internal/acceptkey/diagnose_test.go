package acceptkey

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"wscope/wsproto"
)

// sampleKey and its answer have a + and a /, which tell the alphabets of Base64
// apart.
const sampleKey = "bgyT+B0jE/EbRJdUbcJACA=="

func TestDiagnose(t *testing.T) {
	const rfcKey = "dGhlIHNhbXBsZSBub25jZQ=="
	sum := func(s string) string {
		h := sha1.Sum([]byte(s))
		return base64.StdEncoding.EncodeToString(h[:])
	}
	for _, tt := range []struct{ key, got, name, text string }{
		{rfcKey, "", "empty", "the value is empty"},
		{rfcKey, rfcKey, "key", "that is the key itself: the server seems to send it back"},
		{rfcKey, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo= ", "white-space", "that is the right value with white space around it"},
		{rfcKey, `"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="`, "quoted", "that is the right value in quotation marks"},
		{rfcKey, "s3ppLMBiTxaQ9kYGzzhZRbK+xOo=", "case", "that is the right value but for the case of its letters, which means something in Base64"},
		{rfcKey, "s3pPLMBiTxaQ9kYG", "cut", "that is the right value cut off after 16 of 28 characters"},
		{rfcKey, "accept=s3pPLMBiTxaQ9kYGzzhZRbK+xOo=;", "surrounded", "the right value is in it, with something around it"},
		{rfcKey, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo", "unpadded", "the server seems to drop the padding of the value"},
		{rfcKey, "b37a4f2cc0624f1690f64606cf385945b2bec4ea", "hex", "the server seems to send the digest in hex"},
		{rfcKey, "YjM3YTRmMmNjMDYyNGYxNjkwZjY0NjA2Y2YzODU5NDViMmJlYzRlYQ==", "hex-in-base64", "that is the Base64 of 40 bytes, a SHA-1 is 20: the server seems to encode the digest in hex and that in Base64"},
		{rfcKey, md5Of(rfcKey + wsproto.GUID), "md5", "that is the Base64 of 16 bytes, a SHA-1 is 20: the server seems to use MD5"},
		{rfcKey, sum("the sample nonce" + wsproto.GUID), "key-decoded", "the server seems to decode the key before hashing it"},
		{rfcKey, sum(rfcKey + strings.ToLower(wsproto.GUID)), "guid-lower-case", "the server seems to have the GUID in lower case"},
		{rfcKey, sum(rfcKey), "guid-missing", "the server seems to leave the GUID out"},
		{rfcKey, sum(rfcKey + "\n" + wsproto.GUID), "key-lf", "the server seems to hash a line feed after the key"},
		{rfcKey, sum(rfcKey + "258EAFA5-E914-47DA-95CA-5AB0DC85B11"), "guid-typo", "the server seems to have a typing error in the GUID: it has 258EAFA5-E914-47DA-95CA-5AB0DC85B11, right is 258EAFA5-E914-47DA-95CA-C5AB0DC85B11"},
		{rfcKey, sum(rfcKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B1l"), "guid-typo", "the server seems to have a typing error in the GUID: it has 258EAFA5-E914-47DA-95CA-C5AB0DC85B1l, right is 258EAFA5-E914-47DA-95CA-C5AB0DC85B11"},
		{rfcKey, sum(strings.ToLower(wsproto.GUID) + rfcKey), "guid-lower-case+guid-first", "the server seems to have the GUID in lower case and to put the GUID before the key"},
		{sampleKey, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "fixed", "that is the answer to the example key of RFC 6455, Section 1.3: the server seems to ignore the key"},
		{rfcKey, "HSmrc0sMlYUkAGmm5OPpG2HaGWk=", "fixed", "that is the answer to the example key of Wikipedia: the server seems to ignore the key"},

		// Values of an unknown origin are told by their looks.
		{rfcKey, "fI/F95pFHyUax3HLt0ktmQ==", "md5", "that is the Base64 of 16 bytes, a SHA-1 is 20: the server seems to use MD5"},
		{rfcKey, sum("something else"), "other-key", "that is a SHA-1, but not of this key and the GUID: perhaps the answer to another key"},
		{rfcKey, strings.TrimRight(sum("something else"), "="), "unpadded", "that is a SHA-1 without the padding of Base64, and not of this key and the GUID"},
		{rfcKey, fmt.Sprintf("%x", sha1.Sum([]byte("else"))), "hex", "that is a SHA-1 in hex, not in Base64, and not of this key and the GUID"},
		{rfcKey, fmt.Sprintf("%x", md5.Sum([]byte("else"))), "hex", "that is hex, not Base64: the server seems to use MD5 and to send the digest in hex"},
		{rfcKey, base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%x", sha1.Sum([]byte("else")))), "hex-in-base64", "that is the Base64 of 40 bytes, a SHA-1 is 20: the server seems to encode a digest in hex and that in Base64"},
		{rfcKey, base64.StdEncoding.EncodeToString(make([]byte, 32)), "sha-256", "that is the Base64 of 32 bytes, a SHA-1 is 20: the server seems to use SHA-256"},
		{rfcKey, "AA==", "size", "that is the Base64 of 1 byte, a SHA-1 is 20"},
		{rfcKey, "s3pP LMBi", "not-base64", `that is not Base64, for its character " " after 4 bytes`},
		{rfcKey, "#", "not-base64", `that is not Base64: it begins with the character "#"`},
		{rfcKey, "abcde", "not-base64", "that is not Base64, for its length of 5 characters or its padding"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := Diagnose(tt.key, tt.got)
			if !ok || m.Name != tt.name || m.Text != tt.text {
				t.Errorf("Diagnose(%q, %q) = %q, %q, %v\nwant %q, %q", tt.key, tt.got, m.Name, m.Text, ok, tt.name, tt.text)
			}
		})
	}
}

func md5Of(s string) string {
	h := md5.Sum([]byte(s))
	return base64.StdEncoding.EncodeToString(h[:])
}

func TestDiagnoseRightValue(t *testing.T) {
	for _, key := range []string{sampleKey, "dGhlIHNhbXBsZSBub25jZQ==", "", "not a key", " "} {
		if m, ok := Diagnose(key, wsproto.AcceptKey(key)); ok {
			t.Errorf("Diagnose(%q, the right value) = %q", key, m.Text)
		}
	}
}

// variantsOf makes the value that the variants with these indexes lead to.
func variantsOf(key string, k, g, o, h, e int) string {
	input := orderVariants[o].apply(keyVariants[k].apply(key), guidVariants[g].apply)
	return encodingVariants[e].apply(hashVariants[h].apply([]byte(input)))
}

func TestDiagnoseEachVariant(t *testing.T) {
	check := func(name string, k, g, o, h, e int) {
		t.Run(name, func(t *testing.T) {
			key := sampleKey
			if name == "key-trimmed" {
				key = " " + key
			}
			got := variantsOf(key, k, g, o, h, e)
			if m, ok := Diagnose(key, got); !ok || m.Name != name || !strings.Contains(m.Text, "the server seems to") {
				t.Errorf("Diagnose(%q, %q) = %+v, %v, want %s", key, got, m, ok, name)
			}
		})
	}
	for i := 1; i < len(keyVariants); i++ {
		check(keyVariants[i].name, i, 0, 0, 0, 0)
	}
	for i := 1; i < len(guidVariants); i++ {
		check(guidVariants[i].name, 0, i, 0, 0, 0)
	}
	for i := 1; i < len(orderVariants); i++ {
		check(orderVariants[i].name, 0, 0, i, 0, 0)
	}
	for i := 1; i < len(hashVariants); i++ {
		check(hashVariants[i].name, 0, 0, 0, i, 0)
	}
	for i := 1; i < len(encodingVariants); i++ {
		check(encodingVariants[i].name, 0, 0, 0, 0, i)
	}
}

// TestDiagnosePairs has two mistakes at once. Another pair may lead to the same
// value, so what counts is that no more than two are named.
func TestDiagnosePairs(t *testing.T) {
	for h := 1; h < len(hashVariants); h++ {
		for g := 1; g < len(guidVariants); g++ {
			got := variantsOf(sampleKey, 0, g, 0, h, 0)
			if m, ok := Diagnose(sampleKey, got); !ok || strings.Count(m.Name, "+") > 1 || !strings.Contains(m.Text, "the server seems to") {
				t.Errorf("%s and %s: Diagnose = %+v, %v", guidVariants[g].name, hashVariants[h].name, m, ok)
			}
		}
	}
}

func TestDiagnoseTypos(t *testing.T) {
	n := 0
	for typo := range guidTypos {
		if n++; n%29 != 0 { // a sample of some thousand
			continue
		}
		h := sha1.Sum([]byte(sampleKey + typo))
		got := base64.StdEncoding.EncodeToString(h[:])
		m, ok := Diagnose(sampleKey, got)
		if ok != (typo != wsproto.GUID) || ok && (m.Name != "guid-typo" || !strings.Contains(m.Text, typo)) {
			t.Errorf("%s: Diagnose = %+v, %v", typo, m, ok)
		}
	}
}

func FuzzDiagnose(f *testing.F) {
	f.Add(sampleKey, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
	f.Add("", "")
	f.Add("\xff\n", "\x1b[31m")
	f.Fuzz(func(t *testing.T, key, got string) {
		m, ok := Diagnose(key, got)
		if ok == (got == wsproto.AcceptKey(key)) {
			t.Errorf("Diagnose(%q, %q) reports %v", key, got, ok)
		}
		if ok && (m.Name == "" || m.Text == "") {
			t.Errorf("Diagnose(%q, %q) = %+v", key, got, m)
		}
	})
}

func BenchmarkDiagnoseUnknown(b *testing.B) {
	got := base64.StdEncoding.EncodeToString(make([]byte, 20))
	for b.Loop() {
		Diagnose(sampleKey, got)
	}
}
