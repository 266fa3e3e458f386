package paypage

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// A text that is missing or has other places than the English one would be seen
// by a payer first.
func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	english := reflect.ValueOf(languages["en"]).Elem()
	for _, tag := range tags {
		texts := reflect.ValueOf(languages[tag]).Elem()
		for i := range texts.NumField() {
			name, text, want := texts.Type().Field(i).Name, texts.Field(i).String(), english.Field(i).String()
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", tag, name)
			}
			have, places := place.FindAllString(text, -1), place.FindAllString(want, -1)
			slices.Sort(have)
			slices.Sort(places)
			if !slices.Equal(have, places) {
				t.Errorf("%s: %s has the places %v, want %v", tag, name, have, places)
			}
			if tag != "en" && len(want) > 12 && text == want {
				t.Errorf("%s: %s is not translated", tag, name)
			}
		}
	}
}

// Every text can be read: WCAG 2.2 asks for a contrast of 4.5 for text (1.4.3)
// and 3 for the borders of controls (1.4.11).
func TestContrast(t *testing.T) {
	t.Parallel()
	for scheme, block := range map[string]string{"light": strings.SplitN(string(style), "@media", 2)[0], "dark": strings.SplitN(string(style), "@media", 2)[1]} {
		colour := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(block, -1) {
			if _, known := colour[m[1]]; !known {
				colour[m[1]] = luminance(m[2])
			}
		}
		for _, pair := range []struct {
			over, under string
			least       float64
		}{
			{"text", "ground", 4.5}, {"text", "paper", 4.5}, {"quiet", "ground", 4.5}, {"quiet", "paper", 4.5}, {"accent", "paper", 4.5}, {"accent", "ground", 4.5},
			{"on-accent", "accent", 4.5}, {"alarm", "paper", 4.5}, {"good", "paper", 4.5}, {"line", "paper", 3},
		} {
			a, b := colour[pair.over]+.05, colour[pair.under]+.05
			if got := max(a, b) / min(a, b); got < pair.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", scheme, pair.over, pair.under, got, pair.least)
			}
		}
	}
}

// luminance is that of WCAG 2.2 ("relative luminance").
func luminance(hex string) float64 {
	var r, g, b uint8
	_, _ = fmt.Sscanf(hex, "%02x%02x%02x", &r, &g, &b)
	part := func(v uint8) float64 {
		if c := float64(v) / 255; c <= .04045 {
			return c / 12.92
		} else {
			return math.Pow((c+.055)/1.055, 2.4)
		}
	}
	return .2126*part(r) + .7152*part(g) + .0722*part(b)
}
