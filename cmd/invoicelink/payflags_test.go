package main

import (
	"strings"
	"testing"
)

func TestCheckPayURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{"https://pay.example.com", ""},
		{"https://pay.example.com/", ""},
		{"https://example.com:8443/pay/here", ""},
		{"http://127.0.0.1:8090", ""},
		{"http://localhost:8090/x", ""},
		{"http://pay.example.com", "not an https URL"},
		{"pay.example.com", "not an https URL"},
		{"ftp://pay.example.com", "not an https URL"},
		{"https://192.0.2.7", "names an address"},
		{"https://[2001:db8::1]/pay", "names an address"},
		{"https://bit.ly", "shortener"},
		{"https://go.Rebrand.ly/x", "shortener"},
		{"https://user:secret@pay.example.com", "more than host and path"},
		{"https://pay.example.com?x=1", "more than host and path"},
		{"https://pay.example.com?", "more than host and path"},
		{"https://pay.example.com/#a", "more than host and path"},
		{"https://pay.example.com/a//b", "empty parts"},
		{"https://pay.example.com/a/../b", "empty parts"},
		{"https://bücher.example", "ASCII form"},
		{"https://pay.example.com/a%20b", "should not have"},
		{"https://pay.example.com/" + strings.Repeat("a", 200), "characters"},
	} {
		err := checkPayURL(c.url)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.url, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells the password: %v", c.url, err)
		}
	}
}
