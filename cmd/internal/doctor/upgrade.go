package doctor

import (
	"strings"

	"wscope/cmd/internal/acceptkey"
	"wscope/render"
	"wscope/wsproto"
)

// badUpgrades are the ways in which a 101 can be no upgrade to a WebSocket.
func badUpgrades() []row {
	rule := func(name string) func(*exam) bool {
		return func(x *exam) bool { return x.Err.Rule == name }
	}
	missing := func(x *exam) bool { return x.Err.Got == "" }
	return []row{
		{
			symptom: "http-1.0",
			match:   rule("HTTP version"),
			rfc:     6455, section: "4.1",
			hint:    "{got} has no upgrade: a proxy or an old server answers with the wrong version",
			meaning: "the reply is of a version of HTTP that has no 101",
			causes:  []string{"an intermediary that speaks HTTP/1.0 to the server", "a server written by hand"},
			next:    []string{"for nginx: proxy_http_version 1.1", "on the server: answer with HTTP/1.1"},
		},
		{
			symptom: "upgrade-missing",
			match:   all(rule("Upgrade"), missing),
			rfc:     6455, section: "4.1",
			hint:    "a proxy in between may have dropped the field; else the server leaves it out",
			meaning: "the reply switches protocols and does not say to which",
			causes:  []string{"Upgrade is for one hop: an intermediary drops it unless it is told to pass it on ({gateway})", "a server written by hand that leaves it out"},
			next:    []string{"ask the server past the intermediary: --connect-to or --resolve names another address for the same URL", "on the server: send Upgrade: websocket"},
		},
		{
			symptom: "upgrade-misspelt",
			match:   all(rule("Upgrade"), func(x *exam) bool { return nearly(x.Err.Got, "websocket") }),
			rfc:     6455, section: "4.1",
			hint:    "{got} is a misspelling of websocket, which the server has to send to the letter",
			meaning: "the server means a WebSocket and writes it in another way; case does not matter, letters do",
			causes:  []string{"a server written by hand"},
			next:    []string{"on the server: send Upgrade: websocket"},
		},
		{
			symptom: "upgrade-wrong",
			match:   rule("Upgrade"),
			rfc:     6455, section: "4.1",
			hint:    "the server switches to {got}, not to a WebSocket: is it the right path?",
			meaning: "the server switched to another protocol than the one that was asked for",
			causes:  []string{"the path is an endpoint of another protocol", "a -H asks for another Upgrade"},
			next:    []string{"compare the path with the documentation of the server"},
		},
		{
			symptom: "connection-missing",
			match:   all(rule("Connection"), missing),
			rfc:     6455, section: "4.1",
			hint:    "a proxy in between may have dropped the field; else the server leaves it out",
			meaning: "the reply has Upgrade and not the Connection field that belongs to it",
			causes:  []string{"Connection is for one hop: an intermediary removes it ({gateway})", "a server written by hand that leaves it out"},
			next:    []string{"on the server: send Connection: Upgrade"},
		},
		{
			symptom: "connection-wrong",
			match:   all(rule("Connection"), func(x *exam) bool { return hasWord(x.Err.Got, "close") || hasWord(x.Err.Got, "keep-alive") }),
			rfc:     9110, section: "7.6.1",
			hint:    "that is a proxy's own Connection in the place of the server's: it does not pass upgrades on",
			meaning: "the Connection field is one about the connection to a proxy, not about the upgrade",
			causes:  []string{"an intermediary that puts its own Connection field into the reply ({gateway})"},
			next:    []string{"for nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection upgrade"},
		},
		{
			symptom: "connection-misspelt",
			match:   rule("Connection"),
			rfc:     6455, section: "4.1",
			hint:    "the field has to name Upgrade, to the letter but for case",
			meaning: "the Connection field does not name Upgrade",
			causes:  []string{"a server written by hand"},
			next:    []string{"on the server: send Connection: Upgrade"},
		},
		{
			symptom: "accept-missing",
			match:   all(rule("Sec-WebSocket-Accept"), missing),
			rfc:     6455, section: "4.2.2",
			hint:    "the server does not prove that it read the key: it may not speak WebSocket, or RFC 6455",
			meaning: "the reply lacks the proof that it answers this very request",
			causes:  []string{"a server that switches to anything it is asked for", "a draft of the protocol from before RFC 6455", "an intermediary that drops fields it does not know"},
			next:    []string{"wscope accept-key --explain {key}"},
			tell:    tellAccept,
		},
		{
			symptom: "accept-twice",
			match:   all(rule("Sec-WebSocket-Accept"), func(x *exam) bool { return len(x.resp.Fields.Values("Sec-WebSocket-Accept")) > 1 }),
			rfc:     6455, section: "11.3.3",
			hint:    "the field comes more than once: two programs answer the same handshake",
			meaning: "the proof may come once only, and here are several",
			causes:  []string{"a framework and a handler of it both answer", "a proxy adds an answer of its own"},
			next:    []string{"on the server: look for a second place that sets Sec-WebSocket-Accept"},
			tell:    tellAccept,
		},
		{
			symptom: "accept-wrong",
			match:   rule("Sec-WebSocket-Accept"),
			rfc:     6455, section: "4.2.2",
			hint:    "wscope accept-key --explain shows how the value is computed",
			meaning: "the proof that the server read this request does not fit its key",
			causes:  []string{"a server that computes it in another way", "a cache that answers with the reply to another request"},
			next:    []string{"wscope accept-key --explain {key}"},
			tell:    tellAccept,
		},
		{
			symptom: "subprotocol-empty",
			match:   all(rule("Sec-WebSocket-Protocol"), missing),
			rfc:     6455, section: "4.2.2",
			hint:    "the field is there and empty: a server that has chosen none leaves it out",
			meaning: "the reply has a field for the subprotocol and no subprotocol in it",
			causes:  []string{"a server that copies the field of the request", "a server that has a field for a choice that it did not make"},
			next:    []string{"on the server: send Sec-WebSocket-Protocol only with one of those that were offered"},
		},
		{
			symptom: "subprotocol-unasked",
			match:   all(rule("Sec-WebSocket-Protocol"), func(x *exam) bool { return x.sent("Sec-WebSocket-Protocol") == "" }),
			rfc:     6455, section: "4.1",
			hint:    "the server speaks {got} and nobody offered it: try -s {got}",
			meaning: "the server chose a subprotocol, and the request offered none",
			causes:  []string{"the endpoint speaks one subprotocol and does not look at what is offered"},
			next:    []string{"wscope connect -s {got} {url}"},
		},
		{
			symptom: "subprotocol-several",
			match:   all(rule("Sec-WebSocket-Protocol"), func(x *exam) bool { return len(x.resp.Fields.Values("Sec-WebSocket-Protocol")) > 1 }),
			rfc:     6455, section: "11.3.4",
			hint:    "the server has to choose one subprotocol, not several",
			meaning: "the server chose more than one subprotocol",
			causes:  []string{"a server that sends the whole offer back", "a framework and a handler of it both choose"},
			next:    []string{"offer a single one: -s NAME"},
		},
		{
			symptom: "subprotocol-list",
			match:   all(rule("Sec-WebSocket-Protocol"), func(x *exam) bool { return strings.Contains(x.Err.Got, ",") }),
			rfc:     6455, section: "4.2.2",
			hint:    "the server sends a list back and has to choose one of it; offer a single one with -s",
			meaning: "the server sent a list of subprotocols where one has to be chosen",
			causes:  []string{"a server that copies the field of the request"},
			next:    []string{"offer a single one: -s NAME"},
		},
		{
			symptom: "subprotocol-other",
			match:   rule("Sec-WebSocket-Protocol"),
			rfc:     6455, section: "4.1",
			hint:    "the server speaks {got}, which was not offered; names are compared with regard to case: try -s {got}",
			meaning: "the server chose a subprotocol that is not among those that were offered",
			causes:  []string{"the endpoint speaks one subprotocol and does not look at what is offered", "the names differ in case or by a version"},
			next:    []string{"wscope connect -s {got} {url}"},
		},
		{
			symptom: "extension-empty",
			match:   all(rule("Sec-WebSocket-Extensions"), missing),
			rfc:     6455, section: "9.1",
			hint:    "the field is there and empty: a server that uses no extension leaves it out",
			meaning: "the reply has a field for extensions and no extension in it",
			causes:  []string{"a server that copies the field of the request", "a server that has a field for a choice that it did not make"},
			next:    []string{"on the server: send Sec-WebSocket-Extensions only with what was agreed on"},
		},
		{
			symptom: "extension-unasked",
			match:   all(rule("Sec-WebSocket-Extensions"), func(x *exam) bool { return x.sent("Sec-WebSocket-Extensions") == "" }),
			rfc:     6455, section: "9.1",
			hint:    "the server uses {got} and nobody offered it; with --deflate permessage-deflate is offered",
			meaning: "the server chose an extension, and the request offered none",
			causes:  []string{"a server that compresses whatever the client can do", "a proxy that negotiated for the client"},
			next:    []string{"wscope connect --deflate {url}", "on the server: choose among what was offered, or turn the extension off"},
		},
		{
			symptom: "extension-several",
			match: all(rule("Sec-WebSocket-Extensions"), func(x *exam) bool {
				chosen, _ := wsproto.ParseExtensions([]string{x.Err.Got})
				return x.Err.Section == "9.1" && len(chosen) > 1
			}),
			rfc: 6455, section: "9.1",
			hint:    "the server has to choose one of the extensions that compress, once: --no-deflate does without",
			meaning: "the server chose several extensions that compress, or one of them more than once, and they use the same bit of a frame",
			causes:  []string{"a server that answers each of several offers", "a proxy that adds the field to the one of the server"},
			next:    []string{"wscope connect --no-deflate {url}"},
		},
		{
			symptom: "extension-parameters",
			match:   all(rule("Sec-WebSocket-Extensions"), func(x *exam) bool { return x.Err.Section == "9.1" }),
			rfc:     7692, section: "7.1",
			hint:    "the server answers with parameters that do not fit the offer: --no-deflate does without",
			meaning: "the extension was offered, and the parameters of the answer are not ones that the offer allows",
			causes:  []string{"a parameter that was not offered, comes twice or is out of range"},
			next:    []string{"wscope connect --no-deflate {url}"},
			tell: func(x *exam, d *render.Diagnosis) {
				d.Facts = append([]render.Fact{{Name: "sent", Text: "Sec-WebSocket-Extensions: " + clip(x.sent("Sec-WebSocket-Extensions"))}}, d.Facts...)
			},
		},
		{
			symptom: "extension-malformed",
			match: all(rule("Sec-WebSocket-Extensions"), func(x *exam) bool {
				_, err := wsproto.ParseExtensions(x.resp.Fields.Values("Sec-WebSocket-Extensions"))
				return err != nil
			}),
			rfc: 6455, section: "9.1",
			hint:    "the field cannot be read: {got}",
			meaning: "the field is no list of extensions with parameters",
			causes:  []string{"a server written by hand"},
			next:    []string{"wscope connect --no-deflate {url}"},
		},
		{
			symptom: "extension-other",
			match:   rule("Sec-WebSocket-Extensions"),
			rfc:     6455, section: "9.1",
			hint:    "the server uses {got}, which was not offered: --no-deflate offers nothing",
			meaning: "the server chose an extension that is not among those that were offered",
			causes:  []string{"a server that has one extension and does not look at what is offered"},
			next:    []string{"wscope connect --no-deflate {url}"},
		},
	}
}

// tellAccept shows the key, what has to come of it, and by which mistake the
// value that came is explained.
func tellAccept(x *exam, d *render.Diagnosis) {
	key := x.sent("Sec-WebSocket-Key")
	d.Facts = append([]render.Fact{{Name: "sent", Text: "Sec-WebSocket-Key: " + clip(key)}}, d.Facts...)
	d.Facts = append(d.Facts, render.Fact{Name: "computed", Text: "the Base64 of the SHA-1 of the key followed by " + wsproto.GUID})
	values := x.resp.Fields.Values("Sec-WebSocket-Accept")
	if d.Symptom != "accept-wrong" || len(values) != 1 {
		return
	}
	if m, ok := acceptkey.Diagnose(key, values[0]); ok {
		d.Hint = clip(m.Text)
		d.Causes[0] = d.Hint
	}
}

// nearly reports whether s is word with a mistake or two in it: letters of
// another kind, or something before or after it.
func nearly(s, word string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	got := letters(s)
	return strings.Contains(got, word) || strings.Contains(got, "sock") && strings.Contains(got, "web") ||
		len(got) >= len(word)-2 && len(got) <= len(word) && got != "" && common(got, word) >= len(word)-2
}

// common counts the letters that a and b begin and end with together.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	for m := 1; m <= len(a) && m <= len(b) && a[len(a)-m] == b[len(b)-m]; m++ {
		n++
	}
	return n
}
