package wsproto

// A Role is the side of a connection that an endpoint plays. It decides who
// masks: a client masks every frame it sends, a server none.
//
// RFC 6455, Section 5.1.
type Role uint8

// The two roles.
const (
	Client Role = iota
	Server
)

// String returns "client" or "server".
func (r Role) String() string {
	if r == Server {
		return "server"
	}
	return "client"
}

// Peer returns the other role.
func (r Role) Peer() Role { return r ^ 1 }
