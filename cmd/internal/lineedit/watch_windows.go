package lineedit

// onResize does nothing: the width is asked for before each painting.
func onResize(func()) (stop func()) { return func() {} }

func onContinue(func()) (stop func()) { return func() {} }

// stopGroup does nothing: there is no job control.
func stopGroup() {}
