package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// junit writes JUnit XML at the end: a test suite for each file. It keeps to what
// the schema of Jenkins' xUnit plugin allows.
type junit struct {
	w      io.Writer
	suites []*junitSuite
	byFile map[string]*junitSuite
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Time     junitTime     `xml:"time,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      junitTime   `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	File      string      `xml:"file,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Time      junitTime     `xml:"time,attr"`
	Skipped   *junitMessage `xml:"skipped"`
	Failure   *junitMessage `xml:"failure"`
	SystemOut *junitText    `xml:"system-out"`
}

// A junitText is an element with lines in it.
type junitText struct {
	Inner string `xml:",innerxml"`
}

// newJUnitText returns a text in which line ends stay what they are. What XML 1.0
// has no place for is replaced by U+FFFD.
func newJUnitText(s string) junitText {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return junitText{strings.NewReplacer("&#xA;", "\n", "&#x9;", "\t", "&#34;", `"`, "&#39;", "'").Replace(b.String())}
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	junitText
}

// A junitTime is a time in seconds.
type junitTime time.Duration

// MarshalXMLAttr writes the time without an exponent.
func (t junitTime) MarshalXMLAttr(name xml.Name) (xml.Attr, error) {
	return xml.Attr{Name: name, Value: fmt.Sprintf("%.6f", time.Duration(t).Seconds())}, nil
}

func (j *junit) Begin(int) error {
	j.byFile = map[string]*junitSuite{}
	return nil
}

func (j *junit) Case(c *Case) error {
	s := j.byFile[c.File]
	if s == nil {
		s = &junitSuite{Name: c.File, File: c.File}
		j.byFile[c.File] = s
		j.suites = append(j.suites, s)
	}
	x := junitCase{Name: c.Name, ClassName: className(c.File), Time: junitTime(c.Took)}
	if c.Transcript != "" {
		out := newJUnitText(c.Transcript)
		x.SystemOut = &out
	}
	s.Tests++
	s.Time += junitTime(c.Took)
	switch {
	case c.Status == Skipped:
		s.Skipped++
		x.Skipped = &junitMessage{Message: "not run"}
	case c.Failure != nil:
		s.Failures++
		f := c.Failure
		text := f.place() + ": " + f.Message
		if f.Detail != "" {
			text += "\n" + f.Detail
		}
		x.Failure = &junitMessage{Message: f.Message, Type: "expectation", junitText: newJUnitText(text)}
	}
	s.Cases = append(s.Cases, x)
	return nil
}

// className returns the file as Jenkins and GitLab show it: they take what is
// before the last dot for a package.
func className(file string) string {
	file = path.Clean(filepath.ToSlash(file))
	file = strings.TrimSuffix(file, path.Ext(file))
	return strings.ReplaceAll(strings.Trim(strings.TrimLeft(file, "."), "/"), "/", ".")
}

func (j *junit) End(s Summary) error {
	all := junitSuites{Name: "wscope", Time: junitTime(s.Took), Tests: s.Total(), Failures: s.Failed, Suites: j.suites}
	for _, suite := range j.suites {
		suite.Timestamp = s.Start.UTC().Format("2006-01-02T15:04:05")
	}
	b, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	b = fitRunes(b, func(b []byte, r rune) []byte { return fmt.Appendf(b, "&#x%X;", r) })
	_, err = io.WriteString(j.w, xml.Header+string(b)+"\n")
	return err
}
