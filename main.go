// Wscope is a command for looking at WebSocket traffic: it opens sessions and
// serves them, and shows every frame that crosses the wire.
package main

import (
	"os"

	"wscope/cmd"
)

func main() { os.Exit(cmd.Main()) }
