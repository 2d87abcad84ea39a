package doctor

import (
	"errors"
	"io"
	"time"

	"wscope/wsproto"
)

// An ending is a row of the table of ends. Its texts may have the words of
// [post.value].
type ending struct {
	symptom string
	match   func(*post) bool
	rfc     int
	section string
	hint    string
	meaning string
	causes  []string
	next    []string
}

// unusualSilence is how long nothing may cross a connection that is lost
// without a word, before the silence itself is worth a remark.
const unusualSilence = 20 * time.Second

func endings() []ending {
	return []ending{
		{
			symptom: "idle-timeout",
			match:   func(p *post) bool { return p.givenUp() && p.idleLimit.after > 0 },
			rfc:     6455, section: "5.5.2",
			hint:    "nothing crossed the connection for {idle}: a proxy with an idle timeout of {idle-limit} ({idle-who}) would do this; --ping-interval {idle-ping} keeps it busy",
			meaning: "the connection ended after {idle} of silence, just over {idle-limit}",
			causes:  []string{"a proxy or a load balancer with an idle timeout of {idle-limit} ({idle-who})", "a timeout of the server's own"},
			next:    []string{"wscope connect --ping-interval {idle-ping} {url}", "or raise the timeout where it is set"},
		},
		{
			symptom: "lifetime",
			match:   func(p *post) bool { return p.givenUp() && p.lifeLimit.after > 0 },
			rfc:     6455, section: "7.1.5",
			hint:    "it ended {life} after it was opened: a bound of {life-limit} on the whole connection ({life-who}) would do this, and pings do not help",
			meaning: "the connection ended {life} after it was opened, just over {life-limit}",
			causes:  []string{"a proxy that bounds the life of a connection to {life-limit} ({life-who})"},
			next:    []string{"connect again before that, or raise the bound where it is set"},
		},
		{
			symptom: "deaf-timeout",
			match:   func(p *post) bool { return p.givenUp() && p.deafLimit.after > 0 && p.closed == nil },
			rfc:     6455, section: "5.5.2",
			hint:    "nothing came for {deaf}, though we sent: a proxy that gives the server {deaf-limit} ({deaf-who}) would do this; --ping-interval {deaf-ping} makes it answer",
			meaning: "the connection ended after {deaf} in which the peer sent nothing, just over {deaf-limit}",
			causes:  []string{"a proxy that counts what the server sends, with a timeout of {deaf-limit} ({deaf-who})", "a server that hangs"},
			next:    []string{"wscope connect --ping-interval {deaf-ping} {url}"},
		},
		{
			symptom: "forgotten",
			match: func(p *post) bool {
				return dropped(wsproto.DropReset)(p) && p.deaf > unusualSilence && p.idle < 5*time.Second
			},
			rfc: 9293, section: "3.5.2",
			hint:    "the reset is the answer to what was sent after {deaf} of silence: something on the way had forgotten the connection; --ping-interval {deaf-half} keeps it in mind",
			meaning: "the connection was reset right after we sent something, and before that nothing had come for {deaf}",
			causes: []string{
				"a NAT, a firewall or a load balancer that drops idle connections without a word (an AWS network load balancer after 350 s)",
				"the server was restarted meanwhile",
			},
			next: []string{"wscope connect --ping-interval {deaf-half} {url}"},
		},
		{
			symptom: "http-after-101",
			match:   func(p *post) bool { return p.badStart() && begins("HTTP/")(p.Offending) },
			rfc:     6455, section: "4.2.2",
			hint:    "a second HTTP response follows the 101 where frames have to begin: the server answers twice, or a proxy does",
			meaning: "what follows the 101 is another HTTP response and no frame",
			causes:  []string{"a framework that answers the request after its handler has upgraded it", "a proxy that does not know of the upgrade"},
			next:    []string{"on the server: return nothing from the handler that has upgraded", "wscope connect -vvv {url}"},
		},
		{
			symptom: "body-after-101",
			match:   func(p *post) bool { return p.badStart() && p.hasBody() },
			rfc:     9110, section: "15.2",
			hint:    "the 101 announces a body, and what follows is one: frames have to begin there",
			meaning: "the 101 has Content-Length or Transfer-Encoding, which no 1xx may have, and is followed by a body",
			causes:  []string{"a server that handles 101 like any other status", "a proxy that adds a body or its framing"},
			next:    []string{"on the server: send a 101 without a body", "wscope connect -vvv {url}"},
		},
		{
			symptom: "page-after-101",
			match:   func(p *post) bool { return p.badStart() && begins("<")(p.Offending) },
			rfc:     6455, section: "5.2",
			hint:    "a page follows the 101 where frames have to begin: {offending}",
			meaning: "what follows the 101 is a page and no frame",
			causes:  []string{"a framework that answers the request after its handler has upgraded it", "a server that announces an upgrade and does not do it"},
			next:    []string{"wscope connect -vvv {url}"},
		},
		{
			symptom: "text-after-101",
			match:   func(p *post) bool { return p.badStart() && isText(p.Offending) },
			rfc:     6455, section: "5.2",
			hint:    "bare text follows the 101 where frames have to begin: {offending}",
			meaning: "what follows the 101 is text without a frame around it",
			causes:  []string{"a server that writes to the connection below its WebSocket library", "a tunnel for another protocol that is no WebSocket after the 101"},
			next:    []string{"wscope connect -vvv {url}"},
		},
		{
			symptom: "bytes-after-101",
			match:   (*post).badStart,
			rfc:     6455, section: "5.2",
			hint:    "what follows the 101 is no frame, or a broken one: -vvv shows each bit of it",
			meaning: "the first bytes after the 101 break a rule for frames",
			causes:  []string{"a mistake in the framing of the server", "bytes of another protocol: {offending}"},
			next:    []string{"wscope connect -vvv {url}", "wscope connect --lenient {url}"},
		},
		{
			symptom: "protocol",
			match:   func(p *post) bool { return p.broken != nil },
			rfc:     6455, section: "7.1.7",
			hint:    "-vvv shows each bit of the frame{or-lenient}",
			meaning: "the peer broke a rule of the protocol, and the connection was failed for it",
			causes:  []string{"a mistake in the server or in its library", "two writers on the server that write at the same time"},
			next:    []string{"wscope connect -vvv {url}", "wscope connect --lenient {url}"},
		},
		{
			symptom: "too-big",
			match:   func(p *post) bool { return p.size != nil },
			rfc:     6455, section: "10.4",
			hint:    "--max-message-size takes longer messages, 0 any",
			meaning: "a message of the peer is longer than we take",
			causes:  []string{"a large message, or a length that makes no sense"},
			next:    []string{"wscope connect --max-message-size 0 {url}"},
		},
		{
			symptom: "no-pong",
			match:   func(p *post) bool { return p.NoPong },
			rfc:     6455, section: "5.5.3",
			hint:    "the peer hangs, or the network has lost it without a word; --ping-timeout gives it more time",
			meaning: "nothing came after a ping: the peer hangs, or it is gone and nobody said so",
			causes:  []string{"the server hangs or is overloaded", "the connection was dropped on the way without a FIN or RST", "a server that does not answer pings"},
			next:    []string{"give it more time with --ping-timeout"},
		},
		{
			symptom: "close-unanswered",
			match:   dropped(wsproto.DropCloseTimeout),
			rfc:     6455, section: "7.1.1",
			hint:    "some servers never answer a Close frame; --close-timeout gives it more time",
			meaning: "we closed, and the peer did not answer in time",
			causes:  []string{"a server that hangs, or that ignores Close frames", "much data was still on its way"},
			next:    []string{"give it more time with --close-timeout"},
		},
		{
			symptom: "fin-after-close",
			match:   (*post).goneAfterClose,
			rfc:     6455, section: "7.1.1",
			hint:    "the peer ended the connection instead of answering our Close frame: some servers do",
			meaning: "we closed, and the peer ended the connection without a Close frame of its own",
			causes:  []string{"a server that takes a Close frame for the end", "a proxy that ends the connection when it sees one"},
			next:    []string{"on the server: answer a Close frame with one before the connection is closed"},
		},
		{
			symptom: "tls-truncated",
			match:   func(p *post) bool { return dropped(wsproto.DropFIN)(p) && errors.Is(p.drop.Err, io.ErrUnexpectedEOF) },
			rfc:     8446, section: "6.1",
			hint:    "not even TLS was closed, it broke off inside a record: a server that crashed, or somebody on the way ended the connection",
			meaning: "the stream ended inside a record of TLS: without a Close frame, and without the close_notify of TLS",
			causes:  []string{"the program on the server ended or crashed", "something on the way ended the TCP connection, which cannot speak TLS for the server"},
			next:    []string{"look into the log of the server"},
		},
		{
			symptom: "tls-ended",
			match:   func(p *post) bool { return p.drop != nil && alert(p.drop.Err) != "" },
			rfc:     8446, section: "6.2",
			hint:    "the server ended TLS with an alert: {alert}",
			meaning: "the server ended the connection with a fatal alert of TLS: {alert}",
			causes:  []string{"the server wants a client certificate after all, or does not accept it (TLS 1.3 says so late)", "bytes were changed on the way"},
			next:    []string{"with a client certificate: --cert FILE --key FILE"},
		},
		{
			symptom: "fin-inside",
			match:   func(p *post) bool { return dropped(wsproto.DropFIN)(p) && p.drop.Inside != "" },
			rfc:     6455, section: "7.1.5",
			hint:    "it broke off inside {inside}: the program on the server crashed or was killed, or a proxy ended it",
			meaning: "the peer ended the connection inside {inside}",
			causes:  []string{"the program on the server crashed or was killed", "a proxy lost the server"},
			next:    []string{"look into the log of the server"},
		},
		{
			symptom: "fin",
			match:   dropped(wsproto.DropFIN),
			rfc:     6455, section: "7.1.5",
			hint:    "the program on the server crashed, was killed or does not send Close frames, or a proxy ended it{after-silence}",
			meaning: "the peer ended the connection (FIN) without a Close frame",
			causes:  []string{"the program on the server ended, crashed or was killed", "a server that does not send Close frames", "a proxy in between was restarted, or has lost the server"},
			next:    []string{"look into the log of the server, and of proxies in front of it"},
		},
		{
			symptom: "reset",
			match:   dropped(wsproto.DropReset),
			rfc:     9293, section: "3.5.3",
			hint:    "a server that was killed or closed with our data unread, or a firewall{after-silence}",
			meaning: "the connection was reset (RST): the other side does not know it, or threw it away",
			causes:  []string{"the program on the server crashed, or closed the connection with data of ours unread", "a firewall or a load balancer cut the connection"},
			next:    []string{"look into the log of the server, and of proxies in front of it"},
		},
		{
			symptom: "send-failed",
			match:   dropped(wsproto.DropSend),
			rfc:     6455, section: "7.1.5",
			hint:    "the network did not take what was sent: the peer is gone, or does not read",
			meaning: "sending failed",
			causes:  []string{"the peer is gone", "the peer does not read, and all buffers are full"},
			next:    []string{"look whether the server still runs and reads"},
		},
		{
			symptom: "network",
			match:   dropped(wsproto.DropReceive),
			rfc:     6455, section: "7.1.5",
			hint:    "the network gave the connection up: it was lost, or changed (another Wi-Fi, VPN, sleep)",
			meaning: "the network gave the connection up",
			causes:  []string{"the way to the server was lost for too long", "the address of this machine has changed"},
			next:    []string{"connect again"},
		},
	}
}

// dropped returns what tells an end without a closing handshake of that kind.
func dropped(d wsproto.Drop) func(*post) bool {
	return func(p *post) bool { return p.drop != nil && p.drop.Drop == d }
}

// givenUp reports whether an intermediary may have ended the connection. It mostly
// says nothing; some send a Close frame first.
func (p *post) givenUp() bool {
	if p.closed != nil {
		return p.byPeer(wsproto.CloseNormal, wsproto.CloseGoingAway, wsproto.CloseNoStatus)
	}
	return p.drop != nil && !p.drop.CloseSent && p.drop.Drop != wsproto.DropCloseTimeout
}

// goneAfterClose reports whether the peer ended the connection instead of
// answering our Close frame.
func (p *post) goneAfterClose() bool {
	return p.drop != nil && p.drop.CloseSent && (p.drop.Drop == wsproto.DropFIN || p.drop.Drop == wsproto.DropReset)
}

// badStart reports whether the first bytes after the handshake were no legal frame.
func (p *post) badStart() bool { return p.broken != nil && p.First && len(p.Offending) > 0 }
