package doctor

// successes are the answers that are fine for a web page and no upgrade.
func successes() []row {
	return []row{
		{
			symptom: "interim-flood",
			match:   class(1),
			rfc:     9110, section: "15.2",
			hint:    "the server sends interim responses and no final one",
			meaning: "more interim responses came than any server has a reason to send, and no final one",
			causes:  []string{"a server or a proxy that loops"},
			next:    []string{"ask the server without a proxy in between"},
		},
		{
			symptom: "ok-event-stream",
			match:   all(class(2), func(x *exam) bool { return isType(x.got("Content-Type"), "text/event-stream") }),
			rfc:     6455, section: "4.1",
			hint:    "this is a stream of Server-Sent Events: wscope sse follows it",
			meaning: "the path is a stream of Server-Sent Events, which is HTTP and needs no upgrade",
			causes:  []string{"the URL is that of another interface of the same server"},
			next:    []string{"wscope sse {http-url}"},
		},
		{
			symptom: "ok-engine-io",
			match:   all(class(2), says(`0{"sid":`, `"upgrades":["websocket"]`)),
			rfc:     6455, section: "4.1",
			hint:    "this is Socket.IO, by long polling: ask for its WebSocket with ?EIO=4&transport=websocket",
			meaning: "the server speaks Engine.IO, which begins with HTTP unless the query says otherwise",
			causes:  []string{"the query of the URL names another transport, or none"},
			next:    []string{"wscope connect {engine-url}"},
		},
		{
			symptom: "ok-behind-proxy",
			match:   all(class(2), has("Via")),
			rfc:     9110, section: "7.6.1",
			hint:    "{gateway} passed the request on, perhaps without its Upgrade field; is {target} the right path?",
			meaning: "an intermediary passed the request on, and the answer is that to a plain GET",
			causes: []string{
				"Upgrade and Connection are for one hop: an intermediary drops them unless it is told to pass them on",
				"the path is no WebSocket endpoint",
			},
			next: []string{
				"ask the server past the intermediary: --connect-to or --resolve names another address for the same URL",
				"for nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection upgrade",
			},
		},
		{
			symptom: "ok-html",
			match:   all(class(2), (*exam).isHTML),
			rfc:     6455, section: "4.1",
			hint:    "that is a web page: is there a WebSocket endpoint at {target}? The path has to be the server's own",
			meaning: "the server answered with a web page, as it would a browser that opens this address",
			causes: []string{
				"the path is no WebSocket endpoint; a single-page application answers every path with the same page",
				"a proxy in front of the server did not pass the Upgrade field on",
			},
			next: []string{
				"compare the path with what a browser connects to: its developer tools list WebSocket connections by URL",
				"common paths: /ws, /websocket, /socket, /cable, /graphql, /socket.io/?EIO=4&transport=websocket",
			},
		},
		{
			symptom: "ok-json",
			match:   all(class(2), (*exam).isJSON),
			rfc:     6455, section: "4.1",
			hint:    "that is JSON: is there a WebSocket endpoint at {target}? The path has to be the server's own",
			meaning: "the path is part of an HTTP interface that answers with JSON",
			causes:  []string{"the path is no WebSocket endpoint", "a proxy in front of the server did not pass the Upgrade field on"},
			next:    []string{"look for the WebSocket path in the documentation of the interface"},
		},
		{
			symptom: "ok-empty",
			match:   all(class(2), func(x *exam) bool { return len(x.resp.Body) == 0 }),
			rfc:     6455, section: "4.1",
			hint:    "an empty answer: is there a WebSocket endpoint at {target}? The path has to be the server's own",
			meaning: "the server took the request for a plain GET and had nothing to say",
			causes:  []string{"the path is that of a health check or the like", "the server ignores Upgrade: it has no WebSocket support, or it is turned off"},
			next:    []string{"compare the path with the documentation of the server"},
		},
		{
			symptom: "ok",
			match:   class(2),
			rfc:     6455, section: "4.1",
			hint:    "is there a WebSocket endpoint at {target}? The path has to be the server's own",
			meaning: "the server took the request for a plain GET and answered it",
			causes:  []string{"the path is no WebSocket endpoint", "the server ignores Upgrade: it has no WebSocket support, or it is turned off"},
			next:    []string{"compare the path with the documentation of the server"},
		},
	}
}
