package invoice_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

// Equal content, written otherwise.
func TestCanonicalForms(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*invoice.Invoice){
		"kind left out": func(inv *invoice.Invoice) { inv.Kind = "" },
		"lower-case codes": func(inv *invoice.Invoice) {
			inv.Currency, inv.Buyer.Address.Country, inv.Buyer.VATID = "eur", "gr", "el123456783"
		},
		"spaces around text": func(inv *invoice.Invoice) { pad(inv, " \t") },
		"no-break spaces":    func(inv *invoice.Invoice) { pad(inv, "\u00a0\n") },
		"category left out":  func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "" },
	} {
		inv := sample()
		change(inv)
		if got, want := inv.Digest(), sample().Digest(); got != want {
			t.Errorf("%s: another digest\n%+v\n%+v", name, inv.Canonical(), sample())
		}
	}

	bare := small(invoice.Line{Description: "Thing", UnitPrice: "1", VATRate: "0"})
	for name, change := range map[string]func(*invoice.Invoice){
		"quantity of one":        func(inv *invoice.Invoice) { inv.Lines[0].Quantity = "1" },
		"zero amounts":           func(inv *invoice.Invoice) { inv.Prepaid, inv.Rounding = "0", "0" },
		"zero discounts":         func(inv *invoice.Invoice) { inv.Lines[0].Discount, inv.Lines[0].DiscountPercent = "0", "0" },
		"zero category":          func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = invoice.VATZero },
		"zero category alone":    func(inv *invoice.Invoice) { inv.Lines[0].VATCategory, inv.Lines[0].VATRate = invoice.VATZero, "" },
		"supplied when issued":   func(inv *invoice.Invoice) { inv.SupplyDate = inv.IssueDate },
		"an invoice by its name": func(inv *invoice.Invoice) { inv.Kind = invoice.KindInvoice },
	} {
		inv := *bare
		inv.Lines = slices.Clone(bare.Lines)
		change(&inv)
		if inv.Digest() != bare.Digest() {
			t.Errorf("%s: another digest\n%+v\n%+v", name, inv.Canonical(), bare.Canonical())
		}
	}
}

func pad(inv *invoice.Invoice, space string) {
	eachLeaf(reflect.ValueOf(inv).Elem(), "", func(_ string, v reflect.Value) {
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(space + v.String() + space)
		}
	})
}

// Every field belongs to the content: changing any one of them, also one that
// is added tomorrow, changes the digest.
func TestDigestSeesEachField(t *testing.T) {
	t.Parallel()
	seen := map[string]string{sample().Digest(): "nothing"}
	paths := 0
	eachLeaf(reflect.ValueOf(sample()).Elem(), "", func(path string, _ reflect.Value) {
		paths++
		inv := sample()
		eachLeaf(reflect.ValueOf(inv).Elem(), "", func(p string, v reflect.Value) {
			if p != path {
				return
			}
			if v.IsZero() && v.Kind() != reflect.Bool {
				t.Errorf("the sample leaves %s empty, so that nothing is seen of it", path)
			}
			change(t, path, v)
		})
		d := inv.Digest()
		if other, twice := seen[d]; twice {
			t.Errorf("changing %s has the same digest as changing %s", path, other)
		}
		seen[d] = path
	})
	if paths < 40 {
		t.Errorf("found only %d fields", paths)
	}
	for name, lines := range map[string][]invoice.Line{
		"a line less": sample().Lines[:1],
		"a line more": append(sample().Lines, sample().Lines[0]),
		"another order": func() []invoice.Line {
			l := sample().Lines
			slices.Reverse(l)
			return l
		}(),
	} {
		inv := sample()
		inv.Lines = lines
		if other, twice := seen[inv.Digest()]; twice {
			t.Errorf("%s has the same digest as changing %s", name, other)
		}
	}
}

func TestSellerDigestSeesEachField(t *testing.T) {
	t.Parallel()
	seen := map[string]string{seller().Digest(): "nothing"}
	eachLeaf(reflect.ValueOf(seller()).Elem(), "", func(path string, _ reflect.Value) {
		s := seller()
		eachLeaf(reflect.ValueOf(s).Elem(), "", func(p string, v reflect.Value) {
			if p == path {
				if v.IsZero() && v.Kind() != reflect.Bool {
					t.Errorf("the sample leaves %s empty, so that nothing is seen of it", path)
				}
				change(t, path, v)
			}
		})
		if other, twice := seen[s.Digest()]; twice {
			t.Errorf("changing %s has the same digest as changing %s", path, other)
		}
		seen[s.Digest()] = path
	})
	if len(seen) < 18 {
		t.Errorf("found only %d fields: %v", len(seen), slices.Sorted(maps.Values(seen)))
	}
}

// change gives the field another value that means something else.
func change(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.Type() == reflect.TypeFor[invoice.Decimal]():
		v.SetString("4.25")
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	case v.Type() == reflect.TypeFor[[]byte]():
		v.SetBytes(append(slices.Clone(v.Bytes()), 'x'))
	default:
		t.Fatalf("%s has type %s, which this test cannot change: teach it to", path, v.Type())
	}
}

func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	inv := sample()
	pad(inv, "  ")
	inv.Kind, inv.Prepaid, inv.Lines[1].Discount = "", "0", "0"
	before, err := json.Marshal(inv)
	if err != nil {
		t.Fatal(err)
	}
	once := inv.Canonical()
	twice := once.Canonical()
	if !reflect.DeepEqual(once, twice) {
		t.Errorf("canonical twice differs:\n%+v\n%+v", once, twice)
	}
	once.Lines[0].Description = "changed"
	if after, err := json.Marshal(inv); err != nil || string(after) != string(before) {
		t.Errorf("the receiver was changed (%v):\n%s\n%s", err, before, after)
	}
	if twice.Validate().Err() != nil {
		t.Errorf("the canonical form is wrong: %v", twice.Validate())
	}
}

// What the ledger keeps reads back as the same invoice.
func TestCanonicalJSONRoundTrip(t *testing.T) {
	t.Parallel()
	invoices := []*invoice.Invoice{sample(), small()}
	for seed := range uint64(200) {
		invoices = append(invoices, randomInvoice(random(seed)))
	}
	for _, inv := range invoices {
		data, err := json.Marshal(inv.Canonical())
		if err != nil {
			t.Fatal(err)
		}
		var back invoice.Invoice
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&back); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if !reflect.DeepEqual(&back, inv.Canonical()) || back.Digest() != inv.Digest() {
			t.Fatalf("read back as another invoice:\n%s\n%+v", data, back)
		}
	}
}

// A digest is written in every ledger record and event: this one must never
// change, or no invoice that was accepted would be known again.
func TestDigestNeverChanges(t *testing.T) {
	t.Parallel()
	d := small().Digest()
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(d) {
		t.Errorf("%q is no SHA-256 in lower-case hex", d)
	}
	data, err := json.Marshal(small().Canonical())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"number":"1","kind":"invoice","issueDate":"2026-03-01","dueDate":"2026-03-31","currency":"EUR",` +
		`"buyer":{"name":"Buyer"},"lines":[{"description":"Thing","quantity":"1","unitPrice":"100","vatRate":"25","vatCategory":"S"}]}`
	if string(data) != want {
		t.Errorf("canonical JSON is\n%s\nwant\n%s", data, want)
	}
	if want := "72c1c91d2dc04b50fdc434c26ec09d26b157de5840005e75c959685d1e43e17f"; d != want {
		t.Errorf("digest is %s, want %s", d, want)
	}
}

// Digests that were written before the model could say more, of an invoice and
// a seller with each field of that time.
func TestDigestsOfEarlierVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, json, want string
		digest           func([]byte) (string, error)
	}{
		{"invoice", `{"number":"2026/0042","kind":"invoice","issueDate":"2026-03-01","dueDate":"2026-03-31","supplyDate":"2026-02-27","currency":"EUR",` +
			`"buyer":{"name":"Αθήνα Εμπορική","id":"C-77","vatId":"EL123456789","registrationNo":"5551","email":"pay@example.gr","phone":"+30 210 0000000",` +
			`"address":{"street":"Οδός 1\nΌροφος 2","zip":"105 57","city":"Αθήνα","country":"GR"}},"buyerReference":"PO-9","originalInvoice":"2026/0001",` +
			`"note":"Thank you.","language":"en","lines":[{"item":"A-1","description":"Consulting","quantity":"3","unit":"h","unitPrice":"19.99",` +
			`"discountPercent":"10","discount":"5","vatRate":"25","vatCategory":"S"},{"item":"B-2","description":"Book","quantity":"2","unit":"pcs",` +
			`"unitPrice":"7.5","discountPercent":"2","discount":"1","vatRate":"6","vatCategory":"S"}],"prepaid":"10","rounding":"0.02",` +
			`"sessionId":"6f1c0d0e-8a43-4f5c-9d6e-0a3c1f2b7e11"}`,
			"e735a652284ac2519c7e11a8dcdc6ef134411404a104990fe143480959d26754",
			func(data []byte) (string, error) {
				var inv invoice.Invoice
				err := json.Unmarshal(data, &inv)
				return inv.Digest(), err
			}},
		{"seller", `{"name":"Seller ApS","id":"C-77","vatId":"DK12345678","registrationNo":"5551","email":"pay@example.gr","phone":"+30 210 0000000",` +
			`"address":{"street":"Οδός 1\nΌροφος 2","zip":"105 57","city":"Αθήνα","country":"DK"},"iban":"DK5000400440116243","bic":"DABADKKK",` +
			`"bank":"Sample Bank","logo":"iVBORw0KGgpyZXN0","language":"da","currency":"DKK","paymentTerms":"30 days net","footer":"Thank you",` +
			`"timeZone":"Europe/Copenhagen"}`,
			"ec7a941cba9f082b8a12f449e05cd1e302fa9944af7947dbaf16bc4239a20731",
			func(data []byte) (string, error) {
				var s invoice.Seller
				err := json.Unmarshal(data, &s)
				return s.Digest(), err
			}},
	} {
		if got, err := c.digest([]byte(c.json)); err != nil || got != c.want {
			t.Errorf("%s: digest %s, %v; want %s", c.name, got, err, c.want)
		}
	}
}

func TestReferencesHaveOneForm(t *testing.T) {
	t.Parallel()
	single, listed := small(), small()
	single.OriginalInvoice = "A-1"
	listed.PrecedingInvoices = []invoice.PrecedingInvoice{{Number: "A-1"}}
	if single.Digest() != listed.Digest() {
		t.Errorf("one reference has two digests:\n%+v\n%+v", single.Canonical(), listed.Canonical())
	}
	both := small()
	both.OriginalInvoice, both.PrecedingInvoices = "A-1", []invoice.PrecedingInvoice{{Number: "A-1", IssueDate: "2026-01-02"}, {Number: "A-2"}}
	if got := both.Canonical().Preceding(); len(got) != 2 || got[0].IssueDate != "2026-01-02" {
		t.Errorf("the references became %+v, want A-1 with its date and A-2", got)
	}
}

func TestSchemesAndLanguageHaveOneForm(t *testing.T) {
	t.Parallel()
	words, codes := small(), small()
	words.Language, codes.Language = "da-DK", "da"
	for _, inv := range []*invoice.Invoice{words, codes} {
		inv.Buyer.Address.Country = "DK"
	}
	words.Buyer.Endpoint, codes.Buyer.Endpoint = invoice.Identifier{Scheme: "gln", ID: "5790000000005"}, invoice.Identifier{Scheme: "0088", ID: "5790000000005"}
	words.Buyer.RegistrationScheme, codes.Buyer.RegistrationScheme = "CVR", "0184"
	words.Buyer.GlobalID, codes.Buyer.GlobalID = invoice.Identifier{Scheme: " EAN", ID: "5790000000005"}, invoice.Identifier{Scheme: "0088", ID: "5790000000005"}
	if words.Digest() != codes.Digest() {
		t.Errorf("words and codes differ:\n%+v\n%+v", words.Canonical(), codes.Canonical())
	}
	words.Buyer.Endpoint = invoice.Identifier{Scheme: "VAT", ID: "de136695976"}
	if got := words.Canonical().Buyer.Endpoint.Scheme; got != "9930" {
		t.Errorf("a German VAT id as address has scheme %q, want 9930", got)
	}
}
