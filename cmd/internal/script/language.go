package script

import _ "embed"

// Language is the specification of the language, in Markdown. Its examples are
// tests.
//
//go:embed LANGUAGE.md
var Language string
