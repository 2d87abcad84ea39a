package peer

import (
	"cmp"
	"os"
	"path/filepath"
)

// Npm returns the ws package of npm. dir is the folder with node_modules.
func Npm(dir string) Process {
	return Process{
		Name:   "ws",
		Server: []string{"node", filepath.Join(dir, "scripts", "ws-server.mjs")},
		Client: []string{"node", filepath.Join(dir, "scripts", "ws-client.mjs")},
	}
}

// Python returns the websockets package of Python. The environment variable
// PYTHON names the interpreter that has it.
func Python(dir string) Process {
	python := cmp.Or(os.Getenv("PYTHON"), "python3")
	return Process{
		Name:   "websockets",
		Server: []string{python, filepath.Join(dir, "scripts", "websockets_server.py")},
		Client: []string{python, filepath.Join(dir, "scripts", "websockets_client.py")},
	}
}
