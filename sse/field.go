package sse

// A fieldName is what a line is, in the words of the standard.
type fieldName uint8

const (
	unknownField fieldName = iota
	dataField
	idField
	eventField
	retryField
	commentLine
)

// split returns what a line that is not blank is, and where its value begins.
// One blank after the colon belongs to neither.
func split(line []byte) (name fieldName, value int) {
	switch n := len(line); line[0] {
	case 'd':
		if n >= 5 && string(line[:5]) == "data:" {
			name, value = dataField, 5
		}
	case 'i':
		if n >= 3 && string(line[:3]) == "id:" {
			name, value = idField, 3
		}
	case 'e':
		if n >= 6 && string(line[:6]) == "event:" {
			name, value = eventField, 6
		}
	case 'r':
		if n >= 6 && string(line[:6]) == "retry:" {
			name, value = retryField, 6
		}
	case ':':
		return commentLine, 1
	}
	if value == 0 {
		return splitOther(line)
	}
	if value < len(line) && line[value] == ' ' {
		value++
	}
	return name, value
}

// splitOther is for a line without a colon, whose value is empty, and for a name
// that means nothing.
func splitOther(line []byte) (name fieldName, value int) {
	switch string(line) {
	case "data":
		name = dataField
	case "id":
		name = idField
	case "event":
		name = eventField
	case "retry":
		name = retryField
	}
	return name, len(line)
}
