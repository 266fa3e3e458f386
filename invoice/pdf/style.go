package pdf

import (
	"crypto/sha256"
	"sync"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf/font"
)

// sellerStyle is what follows from a seller's profile alone. It is shared by
// pages and never written to.
type sellerStyle struct {
	family      *font.Family
	palette     palette
	logo, paper *picture // nil without one
}

// styles are those of the sellers that were printed for, by the digest of what
// they were made from: a fleet prints for few, and checking a profile costs
// more than setting a line. What is beyond the limit is made again.
var styles = struct {
	sync.Mutex
	ready map[string]*sellerStyle
}{ready: map[string]*sellerStyle{}}

// styleOf returns the style of a profile, or everything in it that cannot be
// printed. digest is that of the profile, empty if nobody has computed it.
func styleOf(s *invoice.Seller, digest string) (*sellerStyle, invoice.Problems) {
	const most = 64
	key := digest
	if key == "" {
		key = styleKey(s)
	}
	styles.Lock()
	style := styles.ready[key]
	styles.Unlock()
	if style != nil {
		return style, nil
	}
	style, problems := makeStyle(s)
	if len(problems) > 0 {
		return nil, problems
	}
	styles.Lock()
	defer styles.Unlock()
	if len(styles.ready) >= most {
		clear(styles.ready)
	}
	styles.ready[key] = style
	return style, nil
}

// styleKey is a digest of every member that makeStyle reads. It is cheaper than
// that of the whole profile, whose files it would have to write as text.
func styleKey(s *invoice.Seller) string {
	h := sha256.New()
	d := &s.Design
	for _, file := range [][]byte{s.Logo, d.LetterPaper, d.Font, d.FontBold} {
		sum := sha256.Sum256(file)
		h.Write(sum[:])
	}
	s.EachText(func(path, text string) { h.Write([]byte(path + "\x00" + text + "\x00")) })
	return "style " + string(h.Sum(nil))
}

func makeStyle(s *invoice.Seller) (*sellerStyle, invoice.Problems) {
	var problems invoice.Problems
	report := func(field string, err error) {
		if err != nil {
			problems = append(problems, invoice.Problem{Field: field, Message: err.Error()})
		}
	}
	style := new(sellerStyle)
	var err error
	style.family, err = familyOf(&s.Design)
	report("seller.design.font", err)
	accentColour, err := parseAccent(s.Design.Accent)
	report("seller.design.accent", err)
	style.palette = paletteOf(accentColour)
	if len(s.Logo) > 0 {
		style.logo, err = openPicture(s.Logo, logoPixels)
		report("seller.logo", err)
	}
	if len(s.Design.LetterPaper) > 0 {
		style.paper, err = openPicture(s.Design.LetterPaper, paperPixels)
		report("seller.design.letterPaper", err)
	}
	if s.Language != "" {
		if problem := languageProblem("seller.language", s.Language); problem != nil {
			problems = append(problems, *problem)
		}
	}
	if style.family != nil {
		p := missing{family: style.family, problems: problems}
		s.EachText(func(path, text string) {
			if !notPrinted(path) {
				p.line(path, text)
			}
		})
		problems = p.problems
	}
	return style, problems
}

func familyOf(d *invoice.Design) (*font.Family, error) {
	if len(d.Font) > 0 {
		return font.Parse(d.Font, d.FontBold)
	}
	family, known := font.Builtin(d.Typeface)
	if !known {
		return nil, unknownTypeface(d.Typeface)
	}
	return family, nil
}
