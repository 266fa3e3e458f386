package paypage

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
)

// texts is one language of the page. The words that stand on the invoice as
// well come from package lang, so that both say the same. Places are in braces.
type texts struct {
	Tag string `yaml:"tag"` // BCP 47

	Title         string `yaml:"title"`    // {number}
	From          string `yaml:"from"`     // the seller
	Compare       string `yaml:"compare"`  // with the paper
	Pay           string `yaml:"pay"`      // the button; {amount}
	Continue      string `yaml:"continue"` // the button while somebody pays; {amount}
	OpenWords     string `yaml:"open_words"`
	Busy          string `yaml:"busy"`
	BusyWords     string `yaml:"busy_words"`
	BusySince     string `yaml:"busy_since"` // {moment} {until}
	Held          string `yaml:"held"`
	HeldWords     string `yaml:"held_words"` // {moment}
	Partly        string `yaml:"partly"`
	PartlyWords   string `yaml:"partly_words"` // {received} {amount}
	Confirming    string `yaml:"confirming"`
	WaitingWords  string `yaml:"waiting_words"`
	ReturnedWords string `yaml:"returned_words"`

	LateWords      string `yaml:"late_words"` // {date}
	TooMuch        string `yaml:"too_much"`
	TooMuchWords   string `yaml:"too_much_words"` // {seller}
	TooOftenWords  string `yaml:"too_often_words"`
	Withdrawn      string `yaml:"withdrawn"`
	WithdrawnWords string `yaml:"withdrawn_words"`
	ReplacedWords  string `yaml:"replaced_words"` // {number}
	StaticWords    string `yaml:"static_words"`
	NotYet         string `yaml:"not_yet"`
	NotYetWords    string `yaml:"not_yet_words"`
	Away           string `yaml:"away"`
	AwayWords      string `yaml:"away_words"`
	Ready          string `yaml:"ready"`
	ReadyWords     string `yaml:"ready_words"`
	ReadyLink      string `yaml:"ready_link"`
	Reload         string `yaml:"reload"`

	Payments  string `yaml:"payments"`
	Questions string `yaml:"questions"` // before how to reach the seller
	Languages string `yaml:"languages"`
	PDF       string `yaml:"pdf"`
	PDFHint   string `yaml:"pdf_hint"`
	PDFButton string `yaml:"pdf_button"`
	PDFWrong  string `yaml:"pdf_wrong"`
	PDFOften  string `yaml:"pdf_often"`
	Postcode  string `yaml:"postcode"`
	Or        string `yaml:"or"`

	Sorry       string `yaml:"sorry"`
	Unknown     string `yaml:"unknown"`
	Rotated     string `yaml:"rotated"`
	BusyServer  string `yaml:"busy_server"`
	CrossOrigin string `yaml:"cross_origin"`
}

// plain is the sentence of a page about no invoice.
func (t *texts) plain(what string) string {
	switch what {
	case "rotated":
		return t.Rotated
	case "busy":
		return t.BusyServer
	case "crossOrigin":
		return t.CrossOrigin
	}
	return t.Unknown
}

//go:embed texts/*.yaml
var textFiles embed.FS

// languages are the page's, tags their tags with English first, which is what
// others get.
var languages, tags = func() (map[string]*texts, []string) {
	entries, err := textFiles.ReadDir("texts")
	if err != nil {
		panic("paypage: " + err.Error()) // compiled in
	}
	all, tags := map[string]*texts{}, []string{"en"}
	for _, e := range entries {
		data, err := textFiles.ReadFile("texts/" + e.Name())
		t := new(texts)
		if err == nil {
			err = yaml.UnmarshalWithOptions(data, t, yaml.Strict())
		}
		if err != nil || t.Tag+".yaml" != e.Name() {
			panic(fmt.Sprintf("paypage: texts/%s: %v", e.Name(), err)) // compiled in
		}
		if all[t.Tag] = t; t.Tag != "en" {
			tags = append(tags, t.Tag)
		}
	}
	return all, tags
}()

var matcher = language.NewMatcher(func() (all []language.Tag) {
	for _, tag := range tags {
		all = append(all, language.Make(tag))
	}
	return all
}())

// chosen is the language of a page: the one that the visitor asked for, the
// invoice's, the browser's, or else English.
func chosen(asked, printed, accepted string) *texts {
	if t := languages[asked]; t != nil {
		return t
	}
	primary, _, _ := strings.Cut(strings.ToLower(printed), "-")
	if primary == "no" || primary == "nn" {
		primary = "nb"
	}
	if t := languages[primary]; t != nil {
		return t
	}
	wanted, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil || len(wanted) == 0 {
		return languages["en"]
	}
	_, i, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		i = slices.Index(tags, "en")
	}
	return languages[tags[i]]
}

// Languages are the tags of the languages that the page is in, English first.
func Languages() []string { return slices.Clone(tags) }
