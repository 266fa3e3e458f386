package sheet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
)

// danish holds invoices against the rules of a Danish seller.
func danish(o sheet.Options) sheet.Options {
	s := &invoice.Seller{Party: invoice.Party{Name: "Example ApS", VATID: "DK12345674", RegistrationNo: "12345674", Address: invoice.Address{Street: "1 Street", Zip: "2100", City: "Copenhagen", Country: "DK"}}}
	o.Check = s.CheckInvoice
	return o
}

// TestWhatTheLawAsksFor reads a list that lacks what a Danish seller must state:
// it is asked for by lines that answer it.
func TestWhatTheLawAsksFor(t *testing.T) {
	t.Parallel()
	const list = "Invoice No,Date,Due Date,Client No,Client,Currency,Text,Qty,Unit price,VAT %\n" +
		"A-1,2026-11-13,2026-12-13,7,Example Ltd,DKK,Thing,1,9000,25\n" +
		"A-2,2026-11-13,2026-12-13,8,Sample Ltd,DKK,Thing,1,1,25\n"
	const exempt = ",VAT category\nA-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,0,E\n"
	for name, tt := range map[string]struct {
		list, profile string
		asked         []string
		lines         []string // that are among the answers
	}{
		"country":      {list, "columns: {Client No: customer_no}", []string{"country"}, []string{"country: DK", `"7": {country: DK}`, `"8": {country: DK}`}},
		"address":      {list, "defaults: {country: DK}\ncolumns: {Client No: customer_no}", []string{"address"}, []string{`"7": {address: "1 Example Street", zip: "2100", city: "Copenhagen"}`, "customer_sheet: {sheet: Customers}"}},
		"by number":    {list, "defaults: {country: DK}\ncolumns: {Client No: customer_no}\ncustomers: {7: {address: 1 Street, zip: 2100, city: Copenhagen}}", nil, nil},
		"by name":      {list, "defaults: {country: DK}\ncolumns: {Client No: customer_no}\ncustomers: {example ltd: {address: 1 Street, city: Copenhagen}}", nil, nil},
		"of a column":  {list, "columns: {Client No: customer_no}\ndefaults: {country: DK, address: '{Client} Street', city: Copenhagen}", nil, nil},
		"reason":       {head + exempt, "defaults: {country: DK, address: 1 Street, city: Copenhagen}", []string{"exemption-reason"}, []string{`exemption_reason: "Article 132"`}},
		"one reason":   {head + exempt, "defaults: {country: DK, address: 1 Street, city: Copenhagen, exemption_reason: Article 132}", nil, nil},
		"tax currency": {head + "\nA-1,2026-11-13,2026-12-13,Example,USD,Thing,1,100.00,25\n", "defaults: {country: DK, address: 1 Street, city: Copenhagen}", []string{"tax-currency"}, []string{"tax_currency: DKK, tax_currency_rate: 7.46"}},
		"its rate":     {head + "\nA-1,2026-11-13,2026-12-13,Example,USD,Thing,1,100.00,25\n", "defaults: {country: DK, address: 1 Street, city: Copenhagen, tax_currency: DKK, tax_currency_rate: 6.9}", nil, nil},
		"credit note":  {"Kind," + head + "\ncredit note,A-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,25\n", "defaults: {country: DK, address: 1 Street, city: Copenhagen}", []string{"original-invoice"}, []string{"F: original_invoice"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, b := asks(t, csvFile(t, tt.list), danish(mine(t, tt.profile)))
			if !slices.Equal(got, tt.asked) {
				t.Fatalf("asked %q, want %q; problems %q", got, tt.asked, problemsOf(b))
			}
			for _, line := range tt.lines {
				if !slices.ContainsFunc(b.Questions[0].Answers, func(a sheet.Answer) bool { return a.Line == line }) {
					t.Errorf("%q is none of the answers %+v", line, b.Questions[0].Answers)
				}
			}
			for _, e := range b.Entries {
				if tt.asked == nil && !e.OK() {
					t.Errorf("%s: %v", e.Invoice.Number, e.Problems)
				}
			}
		})
	}
}

func TestCustomerSheet(t *testing.T) {
	t.Parallel()
	customers := [][]any{{"Customer number", "Customer name", "Customer address", "Zip", "City", "Country"},
		{"7", "Example Ltd", "1 Street", "2100", "Copenhagen", "Denmark"}, {"8", "Twin", "1 Road", "1000", "Oslo", "NO"}, {"9", "Twin", "2 Road", "1000", "Oslo", "NO"}}
	path := func(rows ...[]any) string {
		all := append([][]any{{"Invoice number", "Issue date", "Due date", "Customer number", "Customer name", "Currency", "Description", "Quantity", "Unit price", "VAT %"}}, rows...)
		return workbook(t, all, func(f *excelize.File) {
			if _, err := f.NewSheet("Customers"); err != nil {
				t.Fatal(err)
			}
			for i, row := range customers {
				if err := f.SetSheetRow("Customers", "A"+string(rune('1'+i)), &row); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	row := func(no, name string) []any {
		return []any{"A-" + no + name, "2026-11-13", "2026-12-13", no, name, "EUR", "Thing", 1, 100, 0}
	}
	b := read(t, path(row("7", ""), row("", "Example Ltd"), row("8", ""), row("", "Twin"), row("11", "Nobody")), mine(t, "customer_sheet: {sheet: customers}"))
	wantProblems(t, b, `Invoices!E5: customer name "Twin" stands for several customers in the sheet of customers; map the customer number in both sheets`)
	for i, want := range []invoice.Party{
		{Name: "Example Ltd", ID: "7", Address: invoice.Address{Street: "1 Street", Zip: "2100", City: "Copenhagen", Country: "DK"}},
		{Name: "Example Ltd", ID: "7", Address: invoice.Address{Street: "1 Street", Zip: "2100", City: "Copenhagen", Country: "DK"}},
		{Name: "Twin", ID: "8", Address: invoice.Address{Street: "1 Road", Zip: "1000", City: "Oslo", Country: "NO"}},
		{Name: "Twin"},
		{Name: "Nobody", ID: "11"},
	} {
		if got := b.Entries[i].Invoice.Buyer; got != want {
			t.Errorf("row %d: buyer is %+v, want %+v", i+2, got, want)
		}
	}
	fe := refused(t, path(row("7", "")), mine(t, "customer_sheet: {sheet: Customers, columns: {Customer number: zip, Customer name: city, Zip: ignore, City: ignore}}"))
	if !strings.Contains(fe.Message, "customer numbers or names") {
		t.Errorf("got %q", fe.Message)
	}
}

// TestFurtherColumns reads the columns that the template describes without
// having them.
func TestFurtherColumns(t *testing.T) {
	t.Parallel()
	const more = ",Customer region,Contact person,Customer phone,Tax point date,Period start,Period end,Order reference,Sales order,Contract reference,Project reference,Delivery note,Buyer accounting reference," +
		"Delivery name,Delivery address,Delivery zip,Delivery city,Delivery country,Payment terms text,Intro,Tax currency,Tax currency rate,VAT in tax currency,Line period start,Line period end,Price quantity,List price,GTIN,VAT category,Exemption reason,Exemption code\n"
	const row = "A-1,2026-11-13,2026-12-13,Example,EUR,Thing,200,100.00,0,Zealand,Ann,+45 1,2026-11-10,2026-10-01,31.10.2026,PO-1,SO-2,C-3,P-4,D-5,K-6,Branch,2 Road,0010,Malmö,Sweden,At once,Hello,dkk,7.46,0,2026-10-01,2026-10-31,100,120.5,4006381333931,AE,Article 196,VATEX-EU-AE\n"
	b := read(t, csvFile(t, head+more+row), sheet.Options{})
	wantProblems(t, b)
	got := *b.Entries[0].Invoice
	want := invoice.Invoice{
		Number: "A-1", IssueDate: "2026-11-13", DueDate: "2026-12-13", Currency: "EUR", TaxPointDate: "2026-11-10", Period: invoice.Period{Start: "2026-10-01", End: "2026-10-31"},
		Buyer:      invoice.Party{Name: "Example", Contact: "Ann", Phone: "+45 1", Address: invoice.Address{Region: "Zealand"}},
		References: invoice.References{Order: "PO-1", SalesOrder: "SO-2", Contract: "C-3", Project: "P-4", DespatchAdvice: "D-5", Accounting: "K-6"},
		Delivery:   invoice.Delivery{Name: "Branch", Address: invoice.Address{Street: "2 Road", Zip: "0010", City: "Malmö", Country: "SE"}},
		Intro:      "Hello", PaymentTerms: "At once", LocalVAT: invoice.LocalVAT{Currency: "DKK", Rate: "7.46", Amount: "0"},
		Lines:      []invoice.Line{{Description: "Thing", Quantity: "200", UnitPrice: "100", VATRate: "0", VATCategory: "AE", PriceQuantity: "100", GrossPrice: "120.5", StandardID: invoice.Identifier{ID: "4006381333931"}, Period: invoice.Period{Start: "2026-10-01", End: "2026-10-31"}}},
		Exemptions: []invoice.Exemption{{VATCategory: "AE", Reason: "Article 196", Code: "VATEX-EU-AE"}},
	}
	if got.Digest() != want.Digest() {
		t.Errorf("invoice is\n\t%+v\nwant\n\t%+v", got, want)
	}
	if sum, err := got.Totals(); err != nil || sum.Total.Number() != "200.00" {
		t.Errorf("total is %s (%v), want 200.00", sum.Total, err)
	}
}

// TestOwnParticulars reads columns of the sender's own, and refuses what
// contradicts itself or is more than is printed.
func TestOwnParticulars(t *testing.T) {
	t.Parallel()
	const columns = head + ",Field: Machine,field:Site no\n"
	row := func(number, machine, site string) string {
		return number + ",2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,25," + machine + "," + site + "\n"
	}
	b := read(t, csvFile(t, columns+row("A-1", "M-7", "0042")+row("A-1", "", "0042")+row("A-2", "", "")), sheet.Options{})
	wantProblems(t, b)
	for i, want := range [][]invoice.Field{{{Label: "Machine", Value: "M-7"}, {Label: "Site no", Value: "0042"}}, nil} {
		if got := b.Entries[i].Invoice.Fields; !slices.Equal(got, want) {
			t.Errorf("invoice %d has %v, want %v", i+1, got, want)
		}
	}
	if c := b.Columns[9]; c.Role != sheet.RoleField || c.Field != "Field: Machine" {
		t.Errorf("the column is %s %q", c.Role, c.Field)
	}
	wantProblems(t, read(t, csvFile(t, columns+row("A-1", "M-7", "")+row("A-1", "M-8", "")), sheet.Options{}),
		`list.csv:3 column J: "M-8" is not the "M-7" that stands in J2 for the same invoice; one invoice has one, so correct one of them, or the invoice number`)
	wantProblems(t, read(t, csvFile(t, columns+row("A-1", strings.Repeat("x", 201), "")), sheet.Options{}),
		"list.csv:2 column J: invoice has 201 characters; at most 200 are allowed")
}

// TestListPrices refuses a list price next to prices with VAT.
func TestListPrices(t *testing.T) {
	t.Parallel()
	list := csvFile(t, head+",List price\nA-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,25,125\n")
	if b := read(t, list, sheet.Options{}); b.Entries[0].Invoice.Lines[0].GrossPrice != "125" || !b.Entries[0].OK() {
		t.Errorf("got %+v, %v", b.Entries[0].Invoice.Lines[0], b.Entries[0].Problems)
	}
	wantProblems(t, read(t, list, mine(t, "prices: gross")), "list.csv:2 column J: list price stands next to prices with VAT, and a list price is without; leave the column out")
}

// TestReasonsForNoVAT holds that a reason is taken for the category it is for,
// or not at all.
func TestReasonsForNoVAT(t *testing.T) {
	t.Parallel()
	const columns = head + ",VAT category,Exemption reason\n"
	row := func(rate, category, reason string) string {
		return "A-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00," + rate + "," + category + "," + reason + "\n"
	}
	for name, tt := range map[string]struct{ rows, want string }{
		"with VAT":    {row("25", "S", "Article 132"), "list.csv:2 column K: exemption reason is a reason for charging no VAT, but the line has VAT of 25 %"},
		"no category": {row("0", "", "Article 196"), "list.csv:2 column K: exemption reason is a reason for charging no VAT, but no column says in which VAT category: E exempt, AE reverse charge, K intra-community, G export or O outside the scope"},
		"two reasons": {row("0", "E", "Article 132") + row("0", "E", "Article 135"), `list.csv:3 column K: exemption reason is another reason than "Article 132", which the invoice has for VAT category E too; an invoice has one for each category`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantProblems(t, read(t, csvFile(t, columns+tt.rows), sheet.Options{}), tt.want)
		})
	}
}

// TestCurrencyBesideTheSellers reads amounts with a sign where only the seller
// has a currency.
func TestCurrencyBesideTheSellers(t *testing.T) {
	t.Parallel()
	list := csvFile(t, "Invoice No,Date,Due Date,Client,Text,Qty,Unit price,VAT %\nA-1,2026-11-13,2026-12-13,Example,Thing,1,€100.00,0\n")
	got, b := asks(t, list, sheet.Options{Currency: "DKK"})
	if !slices.Equal(got, []string{"currency-sign"}) || b.Questions[0].Answers[0].Line != "currency: EUR" {
		t.Errorf("asked %q: %v", got, b.Questions)
	}
	o := mine(t, "defaults: {currency: EUR}")
	o.Currency = "DKK"
	if b := read(t, list, o); b.Entries[0].Invoice.Currency != "EUR" || !b.Entries[0].OK() {
		t.Errorf("currency %s, %v", b.Entries[0].Invoice.Currency, b.Entries[0].Problems)
	}
}
