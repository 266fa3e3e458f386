package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// chooseForm finds encoding and separator of a CSV file.
func (b *Book) chooseForm(f *file) (csv.Form, error) {
	mapped := b.mappedHeaders()
	for _, p := range b.limits.Profiles {
		for _, h := range p.Match {
			mapped[profile.Fold(h)] = h
		}
	}
	for _, p := range b.limits.Profiles {
		if p.Encoding == "" {
			continue
		}
		e, err := csv.ParseEncoding(p.Encoding)
		if err != nil {
			return csv.Form{}, err
		}
		form := csv.Form{Encoding: e, Comma: ','}
		if all, err := f.detector.Forms(); err == nil {
			form = all[0]
			if !form.BOM && form.Encoding != csv.UTF16LE && form.Encoding != csv.UTF16BE {
				form.Encoding = e
			}
		}
		_, form = commaOf(f, form, mapped)
		return form, nil
	}
	forms, err := f.detector.Forms()
	if err != nil {
		return csv.Form{}, err
	}
	best, at, twice := -1, 0, false
	for i := range forms {
		var score int
		score, forms[i] = commaOf(f, forms[i], mapped)
		switch {
		case score > best:
			best, at, twice = score, i, false
		case score == best:
			twice = true
		}
	}
	if twice {
		b.askEncoding(f, forms)
		return csv.Form{}, errAsked
	}
	form := forms[at]
	switch form.Encoding {
	case csv.UTF8, csv.UTF16LE, csv.UTF16BE:
	default:
		b.note(false, b.rowProblem(nil, 0, say("encoding", form.Encoding, quoted(f.detector.Sample(form.Encoding, 3)))))
	}
	return form, nil
}

func commaOf(f *file, form csv.Form, mapped map[string]string) (int, csv.Form) {
	file := csv.Open(f, f.size, form)
	best := 0
	file.DetectComma(headerWithin, func(r *grid.Row) int {
		n := headerScore(r, mapped)
		best = max(best, n)
		return n
	})
	return best, file.Form
}

func (b *Book) askEncoding(f *file, forms []csv.Form) {
	q := question(say("ask-encoding")).as("encoding")
	for _, form := range forms {
		sample := strings.Join(f.detector.Sample(form.Encoding, 3), ", ")
		q.Samples = append(q.Samples, Sample{Value: string(form.Encoding) + ": " + short(sample)})
		q.Answers = append(q.Answers, answer("it-reads", "", "encoding: "+string(form.Encoding), "", short(sample)))
	}
	b.ask(q)
}
