package sse

import (
	"strconv"
	"strings"
	"time"
)

// A parsed is all that a stream says.
type parsed struct {
	events   []textEvent
	comments []string
	retries  []time.Duration
	lastID   string
}

// A textEvent is an Event of its own memory.
type textEvent struct {
	typ, data, id string
	newID         bool
}

// reference parses a whole stream in the simplest way that follows the letter of
// the standard, one step after the other.
func reference(stream []byte, lastID string) parsed {
	text := decodeUTF8(stream)
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	lines := strings.Split(text, "\n")
	lines = lines[:len(lines)-1]

	p := parsed{lastID: lastID}
	var data, typ string
	id, newID := lastID, false
	for _, line := range lines {
		if line == "" {
			p.lastID = id
			if data != "" {
				if typ == "" {
					typ = "message"
				}
				p.events = append(p.events, textEvent{typ, strings.TrimSuffix(data, "\n"), id, newID})
			}
			data, typ, newID = "", "", false
			continue
		}
		if line[0] == ':' {
			p.comments = append(p.comments, line[1:])
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			typ = value
		case "data":
			data += value + "\n"
		case "id":
			if !strings.Contains(value, "\x00") {
				id, newID = value, true
			}
		case "retry":
			if value != "" && strings.Trim(value, "0123456789") == "" {
				ms, err := strconv.ParseInt(value, 10, 64)
				if err != nil || ms > 9223372036854 {
					ms = 9223372036854
				}
				p.retries = append(p.retries, time.Duration(ms)*time.Millisecond)
			}
		}
	}
	return p
}

// decodeUTF8 is the decoder of the Encoding Standard, Section 8.1.1, one byte
// after the other.
func decodeUTF8(p []byte) string {
	var out strings.Builder
	var code rune
	needed, seen := 0, 0
	lower, upper := byte(0x80), byte(0xBF)
	for i := 0; i < len(p); i++ {
		c := p[i]
		if needed == 0 {
			switch {
			case c <= 0x7F:
				out.WriteByte(c)
			case c >= 0xC2 && c <= 0xDF:
				needed, code = 1, rune(c&0x1F)
			case c >= 0xE0 && c <= 0xEF:
				switch c {
				case 0xE0:
					lower = 0xA0
				case 0xED:
					upper = 0x9F
				}
				needed, code = 2, rune(c&0xF)
			case c >= 0xF0 && c <= 0xF4:
				switch c {
				case 0xF0:
					lower = 0x90
				case 0xF4:
					upper = 0x8F
				}
				needed, code = 3, rune(c&0x7)
			default:
				out.WriteRune('\uFFFD')
			}
			continue
		}
		if c < lower || c > upper {
			code, needed, seen, lower, upper = 0, 0, 0, 0x80, 0xBF
			out.WriteRune('\uFFFD')
			i-- // once more, as the start of something
			continue
		}
		lower, upper = 0x80, 0xBF
		code = code<<6 | rune(c&0x3F)
		if seen++; seen == needed {
			out.WriteRune(code)
			code, needed, seen = 0, 0, 0
		}
	}
	if needed > 0 {
		out.WriteRune('\uFFFD')
	}
	return out.String()
}
