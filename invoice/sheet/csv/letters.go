package csv

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The letters beyond ASCII of languages, by the encodings that are made for
// them. A text is in one language, so an encoding which gives letters of
// several is the wrong one.
var (
	western = []string{
		"äöüß", "æøåéèêòóâôü", "åäöé", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "ãõáàâéêíóôúçü", "àèéìíòóùú", "ëïéèöüáóê",
		"áðéíóúýþæö", "äöüéèàâêôçß",
	}
	central = []string{
		"ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß", "äöüßéè",
	}
	cyrillic = []string{"абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдежзийклмнопрстуфхцчшщъьюя", "абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"}
	greek    = []string{"αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"}
	turkish  = []string{"çğıöşüâîû"}
	baltic   = []string{"āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"}
)

// frequent letters of the scripts whose letters fill the whole upper half of
// an encoding: they tell Cyrillic from Greek, and one Cyrillic encoding from
// another.
const frequent = "оеаинтсрвл" + "αοειτνσυ"

// byLetters returns the encodings in which the sample reads like a language,
// the likeliest first; several only if they give different texts and none is
// clearly the best.
func byLetters(sample []byte) []Encoding {
	type reading struct {
		name  Encoding
		text  string
		score int
	}
	var all []reading
	for _, mixed := range []bool{false, true} {
		for _, e := range single {
			text, err := e.code.NewDecoder().Bytes(sample)
			if err != nil {
				continue
			}
			languages := e.languages
			if mixed {
				languages = []string{strings.Join(languages, "")}
			}
			if s, ok := score(string(text), languages); ok {
				all = append(all, reading{e.name, string(text), s})
			}
		}
		if len(all) > 0 {
			break
		}
		// The names of a list may be of several languages: then the encoding
		// has letters for all of them.
	}
	slices.SortStableFunc(all, func(a, b reading) int { return b.score - a.score })
	var out []Encoding
	var texts []string
	for _, r := range all {
		if r.score < all[0].score-max(2, all[0].score/8) {
			break
		}
		if !slices.Contains(texts, r.text) {
			out, texts = append(out, r.name), append(texts, r.text)
		}
	}
	return out
}

// score says how much a text reads like one of the languages: letters of it
// count for, everything that stands oddly inside words against. It is not ok if
// more counts against than for.
func score(text string, languages []string) (int, bool) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r < 0x80 && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '\'' || unicode.IsSpace(r)
	})
	odd, letters := 0, map[rune]int{}
	seen := map[string]bool{}
	for _, w := range words {
		if isASCII(w) || seen[w] {
			continue
		}
		seen[w] = true
		odd += oddities([]rune(w), letters)
	}
	best := -1 << 30
	for _, language := range languages {
		sum := 0
		for r, n := range letters {
			n = min(n, 20) // a letter of a repeated word does not drown the others
			switch {
			case language == "": // Japanese: whatever is a character of it
				if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
					sum += 2 * n
				} else {
					sum -= 4 * n
				}
			case strings.ContainsRune(language, r):
				sum += 2 * n
				if strings.ContainsRune(frequent, r) {
					sum += n
				}
			default:
				sum -= 3 * n
			}
		}
		best = max(best, sum)
	}
	if len(letters) == 0 {
		best = 1 // signs alone, such as a euro sign
	}
	return best - odd, best-odd >= 0
}

// signs are what stands next to words and numbers, not within words.
const signs = "€£§°’‘“”„–—…«»©®™·•\u00a0²³½¼×±¥¢ªº¿¡"

// oddities counts what no word has, and the letters beyond ASCII.
func oddities(w []rune, letters map[rune]int) int {
	odd, run, consonants, foreign := 0, 0, 0, false
	latin, otherScript := false, false
	for i, r := range w {
		before, after := i > 0 && unicode.IsLetter(w[i-1]), i+1 < len(w) && unicode.IsLetter(w[i+1])
		switch {
		case r == unicode.ReplacementChar, r >= 0x80 && r < 0xA0:
			odd += 20
			continue
		case r >= 0x80 && !unicode.IsLetter(r):
			if !strings.ContainsRune(signs, r) {
				odd += 6
			} else if (before || after) && !strings.ContainsRune("’‘·\u00a0", r) {
				odd += 6
			}
			run, consonants, foreign = 0, 0, false
			continue
		}
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(w[i-1]) {
			odd += 4
		}
		base := []rune(norm.NFD.String(string(unicode.ToLower(r))))[0]
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.IsLetter(r):
			otherScript = true
		}
		if r >= 0x80 {
			letters[unicode.ToLower(r)]++
			if run++; run >= 3 && unicode.Is(unicode.Latin, r) {
				odd += 6
			}
		} else {
			run = 0
		}
		if strings.ContainsRune("aeiouyæœøı", base) {
			consonants, foreign = 0, false
			continue
		}
		consonants++
		foreign = foreign || r >= 0x80
		if consonants >= 3 && foreign && unicode.Is(unicode.Latin, r) {
			odd += 2
		}
	}
	if latin && otherScript {
		odd += 6 * len(w)
	}
	return odd
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
