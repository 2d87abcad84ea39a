package render

import "time"

// A wireDiagnosis is an explanation of a failure, in a transcript.
type wireDiagnosis struct {
	Symptom string     `json:"symptom"`
	RFC     int        `json:"rfc"`
	Section string     `json:"section"`
	Meaning string     `json:"meaning"`
	Facts   []wireFact `json:"facts"`
	Causes  []string   `json:"causes"`
	Next    []string   `json:"next"`
	Hint    string     `json:"hint"`
}

type wireFact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// diagnosis returns the diagnosis, nil without one.
func (w *wireDiagnosis) diagnosis() *Diagnosis {
	if w == nil {
		return nil
	}
	d := &Diagnosis{Symptom: w.Symptom, RFC: w.RFC, Section: w.Section, Meaning: w.Meaning, Causes: w.Causes, Next: w.Next, Hint: w.Hint}
	for _, f := range w.Facts {
		d.Facts = append(d.Facts, Fact(f))
	}
	return d
}

func (w *wireEvent) trial(m Meta) (Event, error) {
	e := &Trial{
		Meta: m, Variant: w.Variant, Label: w.Label, Skip: w.Reason, URL: w.URL, Peer: w.Peer, Took: time.Duration(w.Took),
		Status: w.Status, Subprotocol: w.Subprotocol, Extensions: w.Extensions,
		Err: w.Error.error(nil), Diagnosis: w.Diagnosis.diagnosis(),
	}
	if e.Variant == "" {
		return nil, missing("variant")
	}
	return e, nil
}
