package pdf

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// softHyphen marks where a word may be divided; it is printed there only.
const softHyphen = "\u00AD"

func withoutSoftHyphens(s string) string {
	if !strings.Contains(s, softHyphen) {
		return s
	}
	return strings.ReplaceAll(s, softHyphen, "")
}

// onsets are groups of consonants that begin a syllable together, by language;
// "" is for most of the page's languages. In Finnish and Estonian only one
// consonant begins a syllable, in Hungarian the letters that are written with
// two.
var onsets = map[string]map[string]bool{
	"": groups("bl br ch cl cr dr dw fl fr gl gr kl kn kr kv kw ph pl pr ps qu sc sch schl schm schn schr schw " +
		"sh sk skr sl sm sp spr st str sv th tr tv tw vl vr wr zw cz sz rz dz бл бр вл вр гл гр др дв кл кр пл пр сл см сн сп ст стр тр хр " +
		"βλ βρ γλ γρ δρ θρ κλ κρ πλ πρ στ σκ σπ τρ φλ φρ χλ χρ"),
	"fi": {}, "et": {}, "hu": groups("cs dz dzs gy ly ny sz ty zs"),
}

func groups(list string) map[string]bool {
	set := map[string]bool{}
	for s := range strings.FieldsSeq(list) {
		set[s] = true
	}
	return set
}

// linked are endings that a compound joins to its next part with an s, which
// stays with them: Verwaltungs-aufgabe, sikkerheds-udstyr.
var linked = []string{"ung", "ing", "heit", "keit", "schaft", "tät", "ion", "hed", "het", "håll",
	"arbeit", "arbejd", "stück", "burt", "nelse"}

// lastSyllable returns the last place before limit at which a word of letters
// may be divided and that fits, 0 if there is none. It is a rule of thumb in
// the place of a dictionary: a syllable begins with the consonants that can
// begin a word, three letters stay on each side. It is asked only about words
// that fit on no line, where the choice is that or a cut anywhere.
func lastSyllable(language, word string, limit int, fits func(at int) bool) int {
	const least = 3 // letters on each side
	letters := []rune(word)
	var at int // byte offset
	best := 0
	for i, r := range letters {
		if i >= least && i <= len(letters)-least && at <= limit && syllableBegins(language, letters, i) && fits(at) {
			best = at
		}
		at += utf8.RuneLen(r)
	}
	return best
}

// syllableBegins reports whether letter i begins a syllable after another one:
// a consonant, or group that can begin one, between two vowels, or what follows
// the s that joins two words.
func syllableBegins(language string, letters []rune, i int) bool {
	groups, own := onsets[language]
	if !own {
		groups = onsets[""]
	}
	if !unicode.IsLetter(letters[i]) || !unicode.IsLetter(letters[i-1]) {
		return false
	}
	vowel := i
	for vowel < len(letters) && unicode.IsLetter(letters[vowel]) && !isVowel(letters[vowel]) {
		vowel++
	}
	if vowel == len(letters) || !isVowel(letters[vowel]) {
		return false
	}
	start := i // of the group of consonants
	for start > 0 && unicode.IsLetter(letters[start-1]) && !isVowel(letters[start-1]) {
		start--
	}
	if start == 0 {
		return false
	}
	// The longest onset that ends at the vowel is where the syllable begins.
	onset := vowel - 1
	for j := start; j < vowel-1; j++ {
		if groups[strings.ToLower(string(letters[j:vowel]))] {
			onset = j
			break
		}
	}
	if before := strings.ToLower(string(letters[:onset])); letters[onset] == 's' && slices.ContainsFunc(linked, func(s string) bool { return strings.HasSuffix(before, s) }) {
		onset++
	}
	return i == onset
}

func isVowel(r rune) bool {
	return strings.ContainsRune("aeiouyäöüåæøáéíóúýàèìòùâêîôûãõëïőűąęėįųūāēīąěůăıœаеєиіїоуыэюяёαεηιουωάέήίόύώ", unicode.ToLower(r))
}
