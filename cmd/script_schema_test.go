package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// eventSchema is the schema of the output of --json and of recordings.
var eventSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	file, err := os.Open(filepath.Join("..", "testdata", "schema", "wscope-events.schema.json"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.AssertContent()
	if err := c.AddResource("events.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("events.json")
})

// scriptSchema demands that each line of a file, which has at least one, is an
// event as the schema has it.
func scriptSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: schema FILE")
	}
	schema, err := eventSchema()
	ts.Check(err)
	n := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		n++
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			ts.Fatalf("%s:%d: %v\n%s", args[0], n, err, line)
		}
	}
	if n == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
}
