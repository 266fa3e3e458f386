package archive

import "os"

// BeforeStep calls f before each step of a Put that changes the directory.
func BeforeStep(a Archive, f func(step string)) { a.(*dir).step = f }

// WithoutLinks makes hard links fail with err, as some file systems do.
func WithoutLinks(a Archive, err error) {
	a.(*dir).link = func(from, to string) error { return &os.LinkError{Op: "link", Old: from, New: to, Err: err} }
}
