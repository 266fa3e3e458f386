package web

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

var token = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6}|[0-9a-f]{3});`)

// TestContrast holds each text against its grounds, in light and dark: 4.5 to 1
// at least (WCAG 2.2, success criterion 1.4.3).
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := staticFiles.ReadFile("static/desk.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\n\s*\}`).FindAllStringSubmatch(string(css), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d sets of colours, want light and dark", len(blocks))
	}
	for i, block := range blocks {
		colours := map[string]string{}
		for _, found := range token.FindAllStringSubmatch(block[1], -1) {
			colours[found[1]] = found[2]
		}
		for _, pair := range [][2]string{
			{"ink", "ground"}, {"ink", "card"}, {"ink", "tint"}, {"soft", "ground"}, {"soft", "card"}, {"soft", "quiet-tint"}, {"soft", "tint"},
			{"main", "card"}, {"main", "ground"}, {"main", "tint"}, {"on-main", "main"}, {"on-main", "main-over"}, {"main-over", "card"},
			{"good", "card"}, {"good", "good-tint"}, {"bad", "card"}, {"bad", "bad-tint"}, {"warn", "card"}, {"warn", "warn-tint"}, {"info", "info-tint"},
		} {
			text, ground := colours[pair[0]], colours[pair[1]]
			if text == "" || ground == "" {
				t.Errorf("set %d lacks %s or %s", i, pair[0], pair[1])
				continue
			}
			if c := contrast(t, text, ground); c < 4.5 {
				t.Errorf("set %d: %s on %s has a contrast of %.2f", i, pair[0], pair[1], c)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
