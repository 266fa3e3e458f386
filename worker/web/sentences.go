package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice"
	"invoicelink/worker/batch"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// What the program says in English comes with a code: sentences about files
// with those of package sheet, rules of invoices and refusals with those of the
// events. In another language the code is looked up, under "sheet." and "code.";
// the English is said as it came.

// english reports whether what came in English is said as it is.
func (t *texts) english() bool { return t.tag.String() == fallbackLanguage }

// sentence says a sentence about a file.
func (t *texts) sentence(s batch.Sentence, english string) string {
	if t.english() {
		return english
	}
	if text := s.In(t.sheet); text != "" {
		return text
	}
	return t.code(s.Code, english)
}

// code says what a rule or a refusal is about. Rules of EN 16931 without a text
// of their own have that of their family: BR-AE of BR-AE-08.
func (t *texts) code(code, english string) string {
	if t.english() || code == "" {
		return english
	}
	for {
		if text, ok := t.words["code."+code]; ok {
			return text
		}
		i := strings.LastIndexByte(code, '-')
		if i < 0 || !strings.HasPrefix(code, "BR-") {
			return english
		}
		code = code[:i]
	}
}

// finding says what is wrong at a place of a file.
func (t *texts) finding(f batch.Finding) string {
	p := f.Problem
	if t.english() || p.Code == "" {
		return f.Text
	}
	text := p.In(t.sheet)
	if text == "" {
		if text = t.code(p.Code, ""); text == "" {
			return f.Text
		}
		if p.Value != "" {
			text = "»" + p.Value + "« " + text
		}
	}
	label := t.sheet[p.FieldCode]
	if label == "" || strings.Contains(strings.ToLower(text), strings.ToLower(label)) {
		return text
	}
	return label + " " + text
}

// place says where a finding is, as people look it up.
func (t *texts) place(f batch.Finding) string {
	p := f.Problem
	switch {
	case t.english():
		return f.Place
	case p.File != "" && p.Row > 0 && p.Cell != "":
		return p.File + ":" + strconv.Itoa(p.Row) + " " + t.say("place.column") + " " + strings.TrimRight(p.Cell, "0123456789")
	case p.Sheet != "" && p.Cell == "" && p.Row > 0:
		return p.Sheet + " " + t.say("place.row") + " " + strconv.Itoa(p.Row)
	}
	return f.Place
}

// unreadable says why a file as a whole cannot be used; false for any other
// error.
func (t *texts) unreadable(name string, err error) (string, bool) {
	english, ok := batch.Unreadable(err)
	if !ok || t.english() {
		return english, ok
	}
	reason, _ := batch.Reason(err)
	return name + " " + t.sentence(reason, english), true
}

// field is a field's name by the name that profiles have for it.
func (t *texts) field(name string) string {
	if label := t.sheet["field-"+strings.ReplaceAll(name, "_", "-")]; label != "" {
		return label
	}
	return name
}

// outcome says why a row of an upload was not issued.
func (t *texts) outcome(o *event.Status) string {
	if t.english() || o.Code == "" {
		return o.Error
	}
	text := t.code(o.Code, t.reason(o.State))
	for i, p := range o.Problems {
		separator := ": "
		if i > 0 {
			separator = "; "
		}
		text += separator + strings.TrimPrefix(p.Path, "$.") + " " + t.code(p.Code, "")
	}
	return text
}

// trouble says what is wrong with an invoice in a state. The record has a
// sentence in English and no code.
func (t *texts) trouble(state, english string) string {
	if t.english() || english == "" {
		return english
	}
	return t.reason(state)
}

func (t *texts) reason(state string) string {
	if slices.Contains([]ledger.State{ledger.Rejected, ledger.Failed, ledger.Lapsed}, ledger.State(state)) {
		return t.say("reason." + state)
	}
	return t.say("reason.since")
}

// review says what has to be decided.
func (t *texts) review(v ledger.Review, r *ledger.Record) string {
	if t.english() {
		return v.What
	}
	for _, p := range r.Payments {
		if p.ID == v.Payment {
			return t.say("review.more", p.Reference(), t.moneyOf(p.Money), t.moneyOf(r.Payable))
		}
	}
	return t.say("review." + string(v.Kind))
}

func (t *texts) moneyOf(m invoice.Money) string {
	if m.IsZero() {
		return "–"
	}
	return t.money(m.Fixed(), m.Currency)
}

// remarks are what the program itself writes where people may write too.
var remarks = map[string]string{
	"issue":                      "invoice.first",
	"the link before it expired": "reason.expired",
	"the link before it expired before it was printed": "reason.unprinted",
	"the amount was not stated":                        "payments.unstated",
}

// remark is a reason or a note, in the words of who wrote it.
func (t *texts) remark(s string) string {
	if key, ours := remarks[s]; ours {
		return t.say(key)
	}
	return s
}

// note is a note of the program about an invoice.
func (t *texts) note(english string) string {
	if t.english() || english == "" {
		return english
	}
	return t.say("reason.note")
}

// withSentences puts the English sentences about files among the words, from
// where the other languages are compared with them.
func (t *texts) withSentences() {
	t.sheet = map[string]string{}
	if t.english() {
		t.sheet = batch.Sentences()
		for code, text := range t.sheet {
			t.words["sheet."+code] = text
		}
		return
	}
	for key, text := range t.words {
		if code, ok := strings.CutPrefix(key, "sheet."); ok {
			t.sheet[code] = text
		}
	}
}

// failure says why an action was refused.
func (t *texts) failure(err error) string {
	if t.english() {
		return err.Error()
	}
	if refused, ok := errors.AsType[*ledger.RefusedError](err); ok {
		return t.code(refused.Code, t.say("error.trouble"))
	}
	if money, ok := errors.AsType[*invoice.MoneyError](err); ok && money.Part == "currency" {
		return t.say("confirm.badCurrency", money.Value)
	} else if ok {
		return t.say("confirm.badAmount", money.Value)
	}
	if day, ok := errors.AsType[*dateError](err); ok {
		return t.say(day.key, day.value)
	}
	return t.say("error.trouble")
}

// dateError is about a day that somebody typed: the key of its text, and what
// was typed.
type dateError struct {
	key, value string
	err        error
}

func (e *dateError) Error() string { return e.err.Error() }
