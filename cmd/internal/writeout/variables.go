package writeout

import (
	"encoding/json"
	"fmt"
	"net"
	"sort"
	"strconv"
	"strings"
	"time"
)

// A variable has a name and a value: an int, a uint64, a string, or a
// time.Duration, which is printed in seconds.
type variable struct {
	name  string
	value func(*Summary) any
}

// variables are in the order of the alphabet.
var variables = [...]variable{
	{"bytes_received", func(s *Summary) any { return s.stats.BytesReceived }},
	{"bytes_sent", func(s *Summary) any { return s.stats.BytesSent }},
	{"close_by", func(s *Summary) any { return s.closeBy }},
	{"close_code", func(s *Summary) any { return int(s.closeCode) }},
	{"close_reason", func(s *Summary) any { return s.closeReason }},
	{"connections", func(s *Summary) any { return s.connections }},
	{"content_type", func(s *Summary) any { return s.field("Content-Type") }},
	{"errormsg", func(s *Summary) any { return s.message() }},
	{"events_received", func(s *Summary) any { return s.events }},
	{"exitcode", func(s *Summary) any { return s.ExitCode }},
	{"extensions", func(s *Summary) any { return strings.Join(s.extensions, ", ") }},
	{"frames_received", func(s *Summary) any { return s.stats.FramesReceived }},
	{"frames_sent", func(s *Summary) any { return s.stats.FramesSent }},
	{"header_json", (*Summary).headerJSON},
	{"http_code", func(s *Summary) any { return status(s.status) }},
	{"http_connect", func(s *Summary) any { return status(s.tunnel) }},
	{"http_version", func(s *Summary) any { return s.httpVersion() }},
	{"json", nil}, // all others: see find
	{"local_ip", func(s *Summary) any { return host(s.local) }},
	{"local_port", func(s *Summary) any { return port(s.local) }},
	{"messages_received", func(s *Summary) any { return s.stats.MessagesReceived }},
	{"messages_sent", func(s *Summary) any { return s.stats.MessagesSent }},
	{"num_connects", func(s *Summary) any { return s.connects }},
	{"num_headers", func(s *Summary) any { return len(s.fields) }},
	{"num_redirects", func(s *Summary) any { return s.redirects }},
	{"num_retries", func(s *Summary) any { return max(s.connections, 1) - 1 }},
	{"redirect_url", func(s *Summary) any { return s.redirectURL() }},
	{"remote_ip", func(s *Summary) any { return host(s.remote) }},
	{"remote_port", func(s *Summary) any { return port(s.remote) }},
	{"response_code", func(s *Summary) any { return status(s.status) }},
	{"rtt", func(s *Summary) any { return s.stats.RTT }},
	{"scheme", func(s *Summary) any { return s.scheme() }},
	{"size_download", func(s *Summary) any { return s.stats.BytesReceived }},
	{"size_header", func(s *Summary) any { return s.headerSize }},
	{"size_request", func(s *Summary) any { return s.requestSize }},
	{"size_upload", func(s *Summary) any { return s.stats.BytesSent }},
	{"speed_download", func(s *Summary) any { return s.speed(s.stats.BytesReceived) }},
	{"speed_upload", func(s *Summary) any { return s.speed(s.stats.BytesSent) }},
	{"ssl_verify_result", func(s *Summary) any { return s.verify }},
	{"subprotocol", func(s *Summary) any { return s.subprotocol }},
	{"time_appconnect", func(s *Summary) any { return s.times.tls }},
	{"time_connect", func(s *Summary) any { return s.times.connect }},
	{"time_first_frame", func(s *Summary) any { return s.times.first }},
	{"time_namelookup", func(s *Summary) any { return s.times.name }},
	{"time_pretransfer", func(s *Summary) any { return s.times.route }},
	{"time_redirect", func(s *Summary) any { return s.times.begin }},
	{"time_starttransfer", func(s *Summary) any { return s.times.response }},
	{"time_total", func(s *Summary) any { return s.end.Sub(s.Start) }},
	{"time_upgrade", func(s *Summary) any { return s.times.open }},
	{"url", func(s *Summary) any { return s.URL }},
	{"url_effective", func(s *Summary) any { return s.effectiveURL() }},
}

// A status is a status code, in three digits.
type status int

func (s status) String() string { return fmt.Sprintf("%03d", int(s)) }

// find returns the variable of a name, nil if there is none.
func find(name string) *variable {
	i := sort.Search(len(variables), func(i int) bool { return variables[i].name >= name })
	switch {
	case i == len(variables) || variables[i].name != name:
		return nil
	case name == "json":
		return &variable{name, (*Summary).json}
	}
	return &variables[i]
}

// text returns the value as it is printed.
func (v *variable) text(s *Summary) string {
	if d, ok := v.value(s).(time.Duration); ok {
		return seconds(d)
	}
	return fmt.Sprint(v.value(s))
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(0, d).Seconds(), 'f', 6, 64)
}

// json returns all other variables as a JSON object.
func (s *Summary) json() any {
	all := map[string]any{}
	for _, v := range &variables {
		if v.name == "json" || v.name == "header_json" {
			continue
		}
		switch value := v.value(s).(type) {
		case time.Duration:
			all[v.name] = json.RawMessage(seconds(value))
		default:
			all[v.name] = value
		}
	}
	return jsonText(all)
}

// headerJSON returns the fields of the response as a JSON object, each with its
// values in an array.
func (s *Summary) headerJSON() any {
	all := map[string][]string{}
	for _, f := range s.fields {
		name := strings.ToLower(f.Name)
		all[name] = append(all[name], s.public(f))
	}
	return jsonText(all)
}

func jsonText(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null" // which cannot be: there are texts and numbers only
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func host(addr string) string {
	h, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return h
}

func port(addr string) int {
	_, p, err := net.SplitHostPort(addr)
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(p) // 0 if it is none
	return n
}
