package wsproto

// MessageOpen reports whether a data message has begun to arrive and is not
// complete. Only the reading goroutine may ask, such as from [Trace.Waiting].
func (c *Conn) MessageOpen() bool { return c.in.open }
