package render

import "strconv"

// factWidth is how wide the names in front of the lines of a diagnosis are.
const factWidth = len("expected")

// appendDiagnosis shows a diagnosis in full, if there is one.
func (s *status) appendDiagnosis(b []byte, d *Diagnosis, conn int) []byte {
	if d == nil {
		return b
	}
	b = append(s.appendText(s.appendStar(b, conn), d.Symptom), ": "...)
	b = s.appendText(b, d.Meaning)
	if ref := d.Ref(); ref != "" {
		b = append(s.appendText(append(b, " ("...), ref), ')')
	}
	b = append(b, '\n')
	line := func(name, text string) {
		b = append(s.appendStar(b, conn), "  "...)
		b = s.appendText(b, name)
		for range factWidth - len(name) {
			b = append(b, ' ')
		}
		b = append(s.appendText(append(b, "  "...), text), '\n')
	}
	for _, f := range d.Facts {
		line(f.Name, f.Text)
	}
	for i, text := range d.Causes {
		line(first(i, "likely"), text)
	}
	for i, text := range d.Next {
		line(first(i, "try"), text)
	}
	return b
}

// first returns name for the first line of several, and nothing for the others.
func first(i int, name string) string {
	if i > 0 {
		return ""
	}
	return name
}

// appendHint shows the line of a diagnosis that everybody gets.
func (s *status) appendHint(b []byte, hint string, conn int) []byte {
	if hint == "" {
		return b
	}
	b = s.appendSpeaker(b)
	b = s.palette.hint.append(b, "hint:")
	if conn != 0 {
		b = strconv.AppendInt(append(b, " #"...), int64(conn), 10)
	}
	return append(s.appendText(append(b, ' '), hint), '\n')
}

// diagnosis writes a diagnosis as an object, if there is one.
func (w *jsonWriter) diagnosis(d *Diagnosis) {
	if d == nil {
		return
	}
	w.name("diagnosis")
	w.b = append(w.b, '{')
	w.text("symptom", d.Symptom)
	if d.RFC != 0 {
		w.int("rfc", int64(d.RFC))
		w.text("section", d.Section)
	}
	w.text("meaning", w.public(d.Meaning))
	if len(d.Facts) > 0 {
		w.list("facts", len(d.Facts), func(i int) {
			w.b = append(w.b, '{')
			w.text("name", d.Facts[i].Name)
			w.text("text", w.public(d.Facts[i].Text))
			w.b = append(w.b, '}')
		})
	}
	w.texts("causes", d.Causes)
	w.texts("next", d.Next)
	if d.Hint != "" {
		w.text("hint", w.public(d.Hint))
	}
	w.b = append(w.b, '}')
}

// texts writes a list of texts of ours, if there are any.
func (w *jsonWriter) texts(name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	w.list(name, len(texts), func(i int) { w.b = appendJSONText(w.b, w.public(texts[i])) })
}
