package web

import (
	"bytes"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

// row is an entry as the index holds it: a million of them must fit into
// memory, so what repeats is kept once (words), and texts that are only searched
// share one string.
type row struct {
	texts  string // number, reference and payments' ids, each on a line
	link   string // what follows its base
	error  string
	digest digest

	buyer, email, batch, base      uint32 // words
	currency, language, state, pay uint16 // words
	number, reference              uint16 // their lengths in texts
	issued, due                    day
	created, expires, paid         moment
	payable, open                  units
	reviews                        uint16
	credit, pdf, immutable         bool
}

// words keeps each different text once.
type words struct {
	ids map[string]uint32
	all []string
	// ranks are the places of the words in their order; they are made anew
	// when a word was added.
	ranks []uint32
}

func (w *words) id(s string) uint32 {
	if id, known := w.ids[s]; known {
		return id
	}
	if w.ids == nil {
		w.ids = map[string]uint32{}
	}
	id := uint32(len(w.all))
	w.ids[s], w.all = id, append(w.all, s)
	return id
}

// rank is a word's place; one that came after the last sort is behind all others.
func (w *words) rank(id uint32) uint32 {
	if int(id) < len(w.ranks) {
		return w.ranks[id]
	}
	return math.MaxUint32
}

func (w *words) sorted() bool { return len(w.ranks) == len(w.all) }

func (w *words) sort() {
	if w.sorted() {
		return
	}
	places := make([]uint32, len(w.all))
	for i := range places {
		places[i] = uint32(i)
	}
	slices.SortFunc(places, func(a, b uint32) int { return strings.Compare(w.all[a], w.all[b]) })
	w.ranks = make([]uint32, len(w.all))
	for rank, id := range places {
		w.ranks[id] = uint32(rank)
	}
}

// holding reports for each word whether it holds a folded text.
func (w *words) holding(folded string) []bool {
	out := make([]bool, len(w.all))
	var f folder
	for i, s := range w.all {
		out[i] = f.holds(s, folded)
	}
	return out
}

// vocabulary is what the rows of an index have in common.
type vocabulary struct {
	buyers, emails, batches, bases, short words // short: currencies, languages, states
}

// brief is the word of a text of which there are few. Should a sender invent
// more than 65,536, the rest are as if they were empty.
func (v *vocabulary) brief(s string) uint16 {
	if len(v.short.all) == 0 {
		v.short.id("")
	}
	if len(v.short.all) > math.MaxUint16 && v.short.ids[s] == 0 {
		return 0
	}
	return uint16(v.short.id(s))
}

// pack is entry in the index's form.
func (v *vocabulary) pack(e *entry) row {
	cut := strings.LastIndexByte(e.PaymentLink, '/') + 1
	return row{
		texts: e.Number + "\n" + e.Reference + "\n" + e.payments, link: strings.Clone(e.PaymentLink[cut:]), error: e.Error, digest: e.digest,
		buyer: v.buyers.id(e.Buyer), email: v.emails.id(e.Email), batch: v.batches.id(e.Batch), base: v.bases.id(e.PaymentLink[:cut]),
		currency: v.brief(e.Currency), language: v.brief(e.Language), state: v.brief(e.State), pay: v.brief(e.PaymentStatus),
		number: uint16(len(e.Number)), reference: uint16(len(e.Reference)), issued: dayOf(e.IssueDate), due: dayOf(e.DueDate),
		created: momentOf(e.created), expires: momentOf(e.ExpiresAt), paid: momentOf(e.PaidAt), payable: e.payable, open: e.open,
		reviews: uint16(min(e.reviews, 1000)), credit: e.Kind == invoice.KindCreditNote, pdf: e.HasPDF, immutable: e.immutable,
	}
}

// unpack is the entry again.
func (v *vocabulary) unpack(r *row) entry {
	e := entry{
		Number: r.key(), Reference: r.texts[r.number+1 : r.number+1+r.reference], payments: r.texts[r.number+r.reference+2:],
		Buyer: v.buyers.all[r.buyer], Email: v.emails.all[r.email], Batch: v.batches.all[r.batch], PaymentLink: v.bases.all[r.base] + r.link,
		Currency: v.short.all[r.currency], Language: v.short.all[r.language], State: v.short.all[r.state], PaymentStatus: v.short.all[r.pay],
		Error: r.error, digest: r.digest, IssueDate: r.issued.date(), DueDate: r.due.date(), created: r.created.time(), ExpiresAt: r.expires.time(), PaidAt: r.paid.time(),
		payable: r.payable, open: r.open, reviews: int(r.reviews), HasPDF: r.pdf, immutable: r.immutable,
	}
	if r.credit {
		e.Kind = invoice.KindCreditNote
	}
	if e.Currency != "" {
		e.Payable = r.payable.in(e.Currency)
	}
	return e
}

// key is the invoice's number.
func (r *row) key() string { return r.texts[:r.number] }

// in is the set of filters that the row is in, by their places, apart from all.
func (r *row) in(c *instant, state ledger.State) (set filterSet) {
	switch {
	case state == ledger.Rejected, state == ledger.Failed:
		set.add(filterRejected)
	case state == ledger.Cancelled:
		set.add(filterCancelled)
	case state == ledger.Paid:
		set.add(filterPaid)
	case state != ledger.Issued && state != ledger.Lapsed:
		set.add(filterWorking)
	case r.credit:
		set.add(filterCredit)
	}
	if r.open > 0 {
		set.add(filterOpen)
		if r.due != 0 && r.due < c.today {
			set.add(filterOverdue)
		}
		if state == ledger.Issued && r.expires != 0 && r.expires <= c.soon {
			set.add(filterExpiring)
		}
	}
	if state == ledger.Lapsed {
		set.add(filterLapsed)
	}
	if r.reviews > 0 {
		set.add(filterReview)
	}
	return set
}

// instant is a clock as rows are compared with it.
type instant struct {
	today day
	soon  moment // what ends until then expires soon
}

func (c clock) instant() instant { return instant{dayOf(c.today), momentOf(c.now.Add(c.within))} }

// day counts days since 1970; 0 is none.
type day int32

func dayOf(d invoice.Date) day {
	at := d.Start(time.UTC)
	if at.IsZero() {
		return 0
	}
	return day(at.Unix() / (24 * 60 * 60))
}

func (d day) date() invoice.Date {
	if d == 0 {
		return ""
	}
	return invoice.Date(time.Unix(int64(d)*24*60*60, 0).UTC().Format(time.DateOnly))
}

// moment counts nanoseconds since 1970; 0 is none.
type moment int64

func momentOf(t time.Time) moment {
	if t.IsZero() {
		return 0
	}
	return moment(t.UnixNano())
}

func (m moment) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(m)).UTC()
}

// digest is the beginning of an invoice.Digest: 16 bytes, which no other content
// has.
type digest [16]byte

func digestKey(hexadecimal string) (d digest) {
	if n, err := hex.Decode(d[:], []byte(hexadecimal[:min(len(hexadecimal), 2*len(d))])); err != nil || n < len(d) {
		return digest{}
	}
	return d
}

// fold makes a text comparable: small letters, no spaces around.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// folder compares texts with folded ones without an allocation for each.
type folder struct{ buffer []byte }

func (f *folder) holds(s, folded string) bool {
	f.buffer = f.buffer[:0]
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			f.buffer = append(f.buffer, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		f.buffer = utf8.AppendRune(f.buffer, unicode.ToLower(r))
		i += size
	}
	return bytes.Contains(f.buffer, []byte(folded))
}
