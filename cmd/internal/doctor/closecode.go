package doctor

import "wscope/wsproto"

// A closing is what a close code of the peer mostly means.
type closing struct {
	code    wsproto.CloseCode
	section string // of RFC 6455
	meaning string
	cause   string
	hint    string // "" if it is no matter
	next    string
}

// closings are the registered codes that can be in a Close frame.
func closings() []closing {
	return []closing{
		{
			code: wsproto.CloseNormal, section: "7.4.1",
			meaning: "the peer has done what the connection was for",
			cause:   "the program on the other side called close",
		},
		{
			code: wsproto.CloseGoingAway, section: "7.4.1",
			meaning: "the peer goes away: a server shuts down, or a page is left",
			cause:   "a restart or a new release of the server, or an idle timeout of its own",
			next:    "connect again",
		},
		{
			code: wsproto.CloseNoStatus, section: "7.1.5",
			meaning: "the peer closed in order and gave no code",
			cause:   "the program on the other side called close without a code",
		},
		{
			code: wsproto.CloseProtocolError, section: "7.4.1",
			meaning: "the peer says that we broke a rule of the protocol",
			cause:   "a frame that was made by hand (/frame), or a mistake of the peer's",
			hint:    "the peer did not like a frame of ours: -vvv shows each bit of it",
			next:    "-vvv shows each frame that was sent",
		},
		{
			code: wsproto.CloseUnsupportedData, section: "7.4.1",
			meaning: "the peer does not take this kind of message",
			cause:   "text where it wants binary, or the reverse",
			hint:    "the peer does not take this kind of message: -b sends binary ones, without it they are text",
			next:    "send with -b, or without",
		},
		{
			code: wsproto.CloseInvalidPayload, section: "7.4.1",
			meaning: "the peer found the content of a message invalid",
			cause:   "text that is not UTF-8; some servers mean JSON that they cannot read",
			hint:    "the content of a message was invalid: UTF-8, or the form that the server expects",
			next:    "-vv shows what was sent",
		},
		{
			code: wsproto.ClosePolicyViolation, section: "7.4.1",
			meaning: "the peer has a rule of its own against what we did, and no better code for it",
			cause:   "a token that is missing or has expired, too many messages, or a message that it does not allow",
			hint:    "a rule of the server's own, often a missing or expired token, or too many messages",
			next:    "look for the reason in the documentation or in the log of the server",
		},
		{
			code: wsproto.CloseMessageTooBig, section: "7.4.1",
			meaning: "a message was larger than the peer takes",
			cause:   "its limit is for whole messages, so that fragments do not help; API gateways have one for frames, too",
			hint:    "a message was larger than the peer takes; if it limits frames, --fragment helps",
			next:    "send less at once; --fragment SIZE if the limit is one of frames",
		},
		{
			code: wsproto.CloseMandatoryExtension, section: "7.4.1",
			meaning: "an extension was expected that was not agreed on; a server has no use for this code",
			cause:   "the endpoint works with permessage-deflate only",
			hint:    "the peer expects an extension: --deflate offers permessage-deflate",
			next:    "wscope connect --deflate {url}",
		},
		{
			code: wsproto.CloseInternalError, section: "11.7",
			meaning: "the peer met an error of its own",
			cause:   "an exception on the server, perhaps because of what it was sent last",
			hint:    "the server met an error of its own: its log has the reason",
			next:    "look into the log of the server",
		},
		{
			code: wsproto.CloseServiceRestart, section: "11.7",
			meaning: "the server restarts",
			cause:   "a new release or maintenance",
			hint:    "the server restarts: connect again in 5 to 30 s",
			next:    "connect again after a random time of 5 to 30 s",
		},
		{
			code: wsproto.CloseTryAgainLater, section: "11.7",
			meaning: "the server is overloaded and wants us elsewhere, or later",
			cause:   "a limit of connections or of load",
			hint:    "the server is overloaded: try again later",
			next:    "try again later, or at another address of the server",
		},
		{
			code: wsproto.CloseBadGateway, section: "11.7",
			meaning: "a gateway got no proper answer from the server behind it, as 502 in HTTP",
			cause:   "the server behind the gateway does not run or failed",
			hint:    "a gateway lost the server behind it: the log of the gateway names it",
			next:    "look into the log of the gateway",
		},
		{
			code: 3000, section: "11.7",
			meaning: "unauthorized: the peer wants credentials, as 401 in HTTP",
			cause:   "a token that is missing or has expired",
			hint:    "the server wants credentials: a token in the first message, in a field (-H) or in the query",
			next:    "look for how the server wants its token",
		},
		{
			code: 3003, section: "11.7",
			meaning: "forbidden: the credentials are not good enough, as 403 in HTTP",
			cause:   "an account without the right to do this",
			hint:    "the credentials were understood and do not allow this",
			next:    "try with another account",
		},
		{
			code: 3008, section: "11.7",
			meaning: "timeout: the peer waited for something from us, as 408 in HTTP",
			cause:   "a first message, a login or a heartbeat of the application did not come in time",
			hint:    "the server waited in vain for a message of ours: a login or a heartbeat of the application",
			next:    "send what the server expects at once with -x",
		},
	}
}

// closingOf returns the meaning of a code, that of its range if it is not
// registered.
func closingOf(code wsproto.CloseCode) closing {
	for _, c := range closings() {
		if c.code == code {
			return c
		}
	}
	switch {
	case code >= 4000 && code <= 4999:
		return closing{
			code: code, section: "7.4.2",
			meaning: "a code that the application made up: what it means stands in its documentation",
			cause:   "a decision of the application, often about a login or a limit",
			hint:    "codes from 4000 on are the application's own: its documentation has the meaning",
			next:    "look for the code in the documentation of the server",
		}
	case code >= 3000 && code <= 3999:
		return closing{
			code: code, section: "7.4.2",
			meaning: "a code that a library or a framework has registered",
			cause:   "a decision of the library on the server",
			hint:    "codes from 3000 on are those of libraries: look for the number in the one that the server uses",
			next:    "look for the code in IANA's registry of WebSocket close codes",
		}
	}
	return closing{
		code: code, section: "7.4.2",
		meaning: "a code that nobody has registered",
		cause:   "a server that makes codes of its own",
		hint:    "nobody has registered this code: look into the documentation of the server",
		next:    "look for the code in the documentation of the server",
	}
}
