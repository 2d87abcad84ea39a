package doctor

import "wscope/wsproto"

// servedEndings are the rows of a server, whose peer is a client. There is no
// command to try: the client is another program.
func servedEndings() []ending {
	return []ending{
		{
			symptom: "idle-timeout",
			match:   func(p *post) bool { return p.givenUp() && p.idleLimit.after > 0 },
			rfc:     6455, section: "5.5.2",
			hint:    "nothing crossed the connection for {idle}: a proxy with an idle timeout of {idle-limit} ({idle-who}) would do this; a ping every {idle-ping} from either side keeps it busy",
			meaning: "the connection ended after {idle} of silence, just over {idle-limit}",
			causes:  []string{"a proxy or a load balancer in front of the server with an idle timeout of {idle-limit} ({idle-who})", "a timeout of the client's own"},
			next:    []string{"have the client ping every {idle-ping}, or raise the timeout where it is set"},
		},
		{
			symptom: "lifetime",
			match:   func(p *post) bool { return p.givenUp() && p.lifeLimit.after > 0 },
			rfc:     6455, section: "7.1.5",
			hint:    "it ended {life} after it was opened: a bound of {life-limit} on the whole connection ({life-who}) would do this, and pings do not help",
			meaning: "the connection ended {life} after it was opened, just over {life-limit}",
			causes:  []string{"a proxy that bounds the life of a connection to {life-limit} ({life-who})"},
			next:    []string{"have the client connect again before that, or raise the bound where it is set"},
		},
		{
			symptom: "http-after-101",
			match:   func(p *post) bool { return p.badStart() && isRequest(p.Offending) },
			rfc:     6455, section: "4.1",
			hint:    "the client sends another HTTP request where frames have to begin: {offending}",
			meaning: "what follows the upgrade is another HTTP request and no frame",
			causes:  []string{"a client or a proxy that does not know of the upgrade and uses the connection again"},
			next:    []string{"wscope listen -vvv shows each bit of it"},
		},
		{
			symptom: "text-after-101",
			match:   func(p *post) bool { return p.badStart() && isText(p.Offending) },
			rfc:     6455, section: "5.2",
			hint:    "bare text follows the upgrade where frames have to begin: {offending}",
			meaning: "what follows the upgrade is text without a frame around it",
			causes:  []string{"a client that writes to the connection below its WebSocket library, or that has none"},
			next:    []string{"wscope listen -vvv shows each bit of it"},
		},
		{
			symptom: "unmasked",
			match: func(p *post) bool {
				return p.broken != nil && !p.Lenient && len(p.Offending) > 1 && p.Offending[1]&0x80 == 0
			},
			rfc: 6455, section: "5.1",
			hint:    "a client has to mask each frame with a key of its own; servers and libraries in the role of one do not",
			meaning: "the client sent a frame that is not masked",
			causes:  []string{"a client made by hand, or a library in the role of a server"},
			next:    []string{"--lenient goes on where that is possible"},
		},
		{
			symptom: "protocol",
			match:   func(p *post) bool { return p.broken != nil },
			rfc:     6455, section: "7.1.7",
			hint:    "-vvv shows each bit of the frame{or-lenient}",
			meaning: "the client broke a rule of the protocol, and the connection was failed for it",
			causes:  []string{"a mistake in the client or in its library", "two writers in the client that write at the same time"},
			next:    []string{"wscope listen -vvv shows each bit of it"},
		},
		{
			symptom: "too-big",
			match:   func(p *post) bool { return p.size != nil },
			rfc:     6455, section: "10.4",
			hint:    "--max-message-size takes longer messages, 0 any",
			meaning: "a message of the client is longer than we take",
			causes:  []string{"a large message, or a length that makes no sense"},
			next:    []string{"wscope listen --max-message-size 0"},
		},
		{
			symptom: "close-unanswered",
			match:   dropped(wsproto.DropCloseTimeout),
			rfc:     6455, section: "7.1.1",
			hint:    "some clients never answer a Close frame, or hang; --close-timeout gives it more time",
			meaning: "we closed, and the client did not answer in time",
			causes:  []string{"a client that hangs, or that ignores Close frames", "much data was still on its way"},
			next:    []string{"give it more time with --close-timeout"},
		},
		{
			symptom: "fin-after-close",
			match:   (*post).goneAfterClose,
			rfc:     6455, section: "7.1.1",
			hint:    "the client ended the connection instead of answering our Close frame: some clients do",
			meaning: "we closed, and the client ended the connection without a Close frame of its own",
			causes:  []string{"a client that takes a Close frame for the end", "a proxy that ends the connection when it sees one"},
			next:    []string{"in the client: answer a Close frame with one before the connection is closed"},
		},
		{
			symptom: "fin-inside",
			match:   func(p *post) bool { return dropped(wsproto.DropFIN)(p) && p.drop.Inside != "" },
			rfc:     6455, section: "7.1.5",
			hint:    "it broke off inside {inside}: the client crashed or was killed while it was sending",
			meaning: "the client ended the connection inside {inside}",
			causes:  []string{"the client crashed or was killed", "a proxy lost the client"},
			next:    []string{"look into what the client has to say"},
		},
		{
			symptom: "fin",
			match:   dropped(wsproto.DropFIN),
			rfc:     6455, section: "7.1.5",
			hint:    "the client ended, was killed or does not send Close frames, or a proxy ended it{after-silence}",
			meaning: "the client ended the connection (FIN) without a Close frame",
			causes:  []string{"the client ended, crashed or was killed", "a client that does not send Close frames", "a proxy in between was restarted, or has lost the client"},
			next:    []string{"in the client: close the WebSocket before the program ends"},
		},
		{
			symptom: "reset",
			match:   dropped(wsproto.DropReset),
			rfc:     9293, section: "3.5.3",
			hint:    "a client that was killed or closed with our data unread, or a firewall{after-silence}",
			meaning: "the connection was reset (RST): the other side does not know it, or threw it away",
			causes:  []string{"the client crashed, or closed the connection with data of ours unread", "a firewall or a load balancer cut the connection"},
			next:    []string{"look into what the client has to say, and into the log of proxies in front of us"},
		},
		{
			symptom: "send-failed",
			match:   dropped(wsproto.DropSend),
			rfc:     6455, section: "7.1.5",
			hint:    "the network did not take what was sent: the client is gone, or does not read",
			meaning: "sending failed",
			causes:  []string{"the client is gone", "the client does not read, and all buffers are full"},
			next:    []string{"look whether the client still runs and reads"},
		},
		{
			symptom: "network",
			match:   dropped(wsproto.DropReceive),
			rfc:     6455, section: "7.1.5",
			hint:    "the network gave the connection up: the client was lost without a word (another Wi-Fi, sleep, a cable)",
			meaning: "the network gave the connection up",
			causes:  []string{"the way to the client was lost for too long", "the address of this machine has changed"},
			next:    []string{"nothing on this side: clients have to connect again"},
		},
	}
}

// servedClosings are the codes that mean something else from a client, or that it
// needs other help with, than from a server.
func servedClosings() []closing {
	return []closing{
		{
			code: wsproto.CloseGoingAway, section: "7.4.1",
			meaning: "the client goes away: its page was left, or its program ends",
			cause:   "a person went to another page or closed the tab",
		},
		{
			code: wsproto.CloseProtocolError, section: "7.4.1",
			meaning: "the client says that we broke a rule of the protocol",
			cause:   "a frame that was made by hand (/frame), or a mistake of the client's",
			hint:    "the client did not like a frame of ours: -vvv shows each bit of it",
			next:    "-vvv shows each frame that was sent",
		},
		{
			code: wsproto.CloseUnsupportedData, section: "7.4.1",
			meaning: "the client does not take this kind of message",
			cause:   "text where it wants binary, or the reverse: an echo is of the kind of its message",
			hint:    "the client does not take this kind of message: an echo is of the kind that came",
			next:    "--no-echo sends nothing back",
		},
		{
			code: wsproto.CloseInvalidPayload, section: "7.4.1",
			meaning: "the client found the content of a message invalid",
			cause:   "a message in a form that the application does not know; some mean JSON that they cannot read",
			hint:    "the client cannot read what it was sent; --no-echo sends nothing back",
			next:    "--no-echo sends nothing back",
		},
		{
			code: wsproto.ClosePolicyViolation, section: "7.4.1",
			meaning: "the client has a rule of its own against what we did, and no better code for it",
			cause:   "a message that its application does not expect, such as its own that came back",
			hint:    "a rule of the client's own, often a message that it does not expect; --no-echo sends nothing back",
			next:    "--no-echo sends nothing back",
		},
		{
			code: wsproto.CloseMessageTooBig, section: "7.4.1",
			meaning: "a message was larger than the client takes",
			cause:   "its limit is for whole messages, mostly",
			hint:    "a message was larger than the client takes",
			next:    "raise the limit of the client",
		},
		{
			code: wsproto.CloseMandatoryExtension, section: "7.4.1",
			meaning: "the client needs an extension that was not agreed on",
			cause:   "the client works with permessage-deflate only",
			hint:    "the client needs an extension that was not agreed on: permessage-deflate is unless --no-deflate is given",
			next:    "leave --no-deflate out",
		},
		{
			code: wsproto.CloseInternalError, section: "11.7",
			meaning: "the client met an error of its own",
			cause:   "an exception in the client, perhaps because of what it was sent last",
			hint:    "the client met an error of its own: what it logs has the reason",
			next:    "look into what the client logs",
		},
	}
}

// servedClosing returns what a code means that a client has closed with.
func servedClosing(code wsproto.CloseCode) closing {
	for _, c := range servedClosings() {
		if c.code == code {
			return c
		}
	}
	c := closingOf(code)
	if c.hint != "" {
		c.cause, c.hint, c.next = "a decision of the client or of its library", "what this code means stands in the documentation of the client", "look for the code in the documentation of the client"
	}
	return c
}

// isRequest reports whether b begins as an HTTP request does.
func isRequest(b []byte) bool {
	for _, method := range []string{"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ", "PRI "} {
		if begins(method)(b) {
			return true
		}
	}
	return false
}
