package sse

import "net/http"

// An Identity says who we are to the servers on the way to a stream, with
// cookies or in answer to their challenges. Its methods are called in turn, on
// the goroutine that asks for events.
type Identity interface {
	// Sign adds fields such as Authorization and Cookie to the header of a
	// request that is about to be sent. Away tells that a redirect has led to an
	// origin other than that of the stream's URL, be it only for a while: what
	// is secret has to stay behind then. With [Client.TrustRedirects] it is never
	// set.
	Sign(r *http.Request, away bool)
	// Answered looks at a response, and reports whether it is worth sending the
	// same request again, signed anew. That is done a few times at most.
	Answered(resp *http.Response, away bool) (again bool)
}

// maxAnswers bounds how often a request is sent again because of an Identity.
const maxAnswers = 3
