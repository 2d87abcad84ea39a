// Package acceptkey explains Sec-WebSocket-Accept: how it comes from the key,
// step by step, and by which mistake a wrong value came about.
//
// RFC 6455, Sections 1.3, 4.1 and 4.2.2.
package acceptkey
