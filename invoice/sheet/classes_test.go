package sheet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
)

// asks reads a file and returns the codes of its questions and of the notes
// that must be accepted, whether the file or some invoices wait for them.
func asks(t testing.TB, path string, o sheet.Options) ([]string, *sheet.Book) {
	t.Helper()
	b, err := sheet.Read(t.Context(), path, o)
	if fe, ok := errors.AsType[*sheet.FileError](err); err != nil && (!ok || b == nil || len(b.Questions) == 0) {
		t.Fatalf("refused without a question: %v", fe)
	}
	var out []string
	for _, q := range b.Questions {
		out = append(out, q.Key)
		if len(q.Answers) == 0 {
			t.Errorf("the question %s has no answer", q.Key)
		}
	}
	coded(t, b)
	for _, n := range b.Notes {
		if n.MustAccept && !n.Accepted {
			out = append(out, n.Code)
		}
	}
	return out, b
}

// coded holds that everything which is said has a code, and that Sentences has
// its English.
func coded(t testing.TB, b *sheet.Book) {
	t.Helper()
	check := func(s sheet.Sentence, text string) {
		t.Helper()
		if s.Code == "" || text == "" || sheet.Sentences()[s.Code] != "" && s.English() != text {
			t.Errorf("%+v has the text %q", s, text)
		}
	}
	problems := b.Problems
	for _, e := range b.Entries {
		problems = append(problems, e.Problems...)
	}
	for _, n := range b.Notes {
		problems = append(problems, n.Problem)
	}
	for _, p := range problems {
		check(p.Sentence, p.Message)
	}
	for _, q := range b.Questions {
		check(q.Sentence, q.Text)
		for _, a := range q.Answers {
			check(a.Sentence, a.Text)
		}
	}
}

func mine(t testing.TB, yaml string) sheet.Options {
	t.Helper()
	if yaml == "" {
		return sheet.Options{}
	}
	p, err := profile.Parse("mine", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return sheet.Options{Profiles: []*profile.Profile{p}}
}

const (
	head = "Invoice No,Date,Due Date,Client,Currency,Text,Qty,Unit price,VAT %"
	row1 = "A-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,0"
)

// TestColumnsThatChangeWhatIsOwed holds that no column which changes what is
// owed passes unread, whatever its header is.
func TestColumnsThatChangeWhatIsOwed(t *testing.T) {
	t.Parallel()
	for _, h := range strings.Split("Disc.|Disc %|Line discount|Invoice discount|Remise (%)|Sconto (%)|Descuento|Dto.|Korting|Alennus|Nachlass|Skonto|Rabat kr.|Rabattsats|Zniżka|Sleva|"+
		"Shipping|Shipping Charge|Freight|Fragt|Fracht|Porto|Versandkosten|Delivery fee|Handling|Fee|Gebyr|Gebühr|Surcharge|Adjustment|Round Off|Rounding|Afrunding|Öresavrundning|"+
		"Paid amount|Amount Paid|AmountPaid|Payments|Payment|Betalt|Bezahlt|Payé|Pagado|Zapłacono|Advance|Acompte|A conto|Credit applied|Retention|Withholding|Withholding Tax|Ritenuta|IRPF|Retención|"+
		"Cess|Excise|Other taxes|Tax 2|PST|GST|Eco tax|Price unit|Per|Pack size|Amount incl. VAT|Gross|Net|Outstanding|Open amount|Restbetrag|Saldo|Discount|Rabat|Paid|Deposit|"+
		"Grand Total|Invoice Total|Total|Amount|Total Amount|Balance|Anything at all", "|") {
		t.Run(h, func(t *testing.T) {
			t.Parallel()
			b := read(t, csvFile(t, head+","+h+"\n"+row1+",30.00\nA-2,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,0,\n"), sheet.Options{})
			if b.Entries[0].OK() {
				t.Errorf("30.00 under %q passes: %+v", h, b.Columns[9])
			}
			if !b.Entries[1].OK() {
				t.Errorf("the invoice without a value is stopped: %v", b.Entries[1].Problems)
			}
		})
	}
}

// TestStates holds that no invoice is issued unasked whose state says that it
// is not open.
func TestStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, value string
		ok            bool
	}{
		"paid": {"Status", "Paid", false}, "void": {"Status", "Void", false}, "draft": {"Invoice Status", "Draft", false}, "closed": {"Status", "Closed", false},
		"partial": {"Status", "Partial", false}, "unknown": {"Status", "Xyz", false}, "return": {"Is Return", "1", false}, "paid flag": {"Paid", "yes", false},
		"paid at": {"Paid at", "2026-11-20", false}, "bezahlt": {"Zahlungsstatus", "bezahlt", false}, "storno": {"StornoReferenz", "R-7", false}, "règlement": {"Règlement", "Payée", false},
		"sent": {"Status", "Sent", true}, "overdue": {"Status", "Overdue", true}, "offen": {"Zahlungsstatus", "offen", true}, "not paid": {"Paid", "no", true}, "skickad": {"Status", "Skickad", true},
		"no return": {"Is Return", "0", true}, "not paid yet": {"Paid at", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := csvFile(t, head+","+c.header+"\n"+row1+","+c.value+"\n")
			if b := read(t, path, sheet.Options{}); b.Entries[0].OK() != c.ok {
				t.Errorf("can be issued: %t, want %t: %v", b.Entries[0].OK(), c.ok, b.Entries[0].Problems)
			}
			if c.ok {
				return
			}
			if b := read(t, path, mine(t, "issue: {"+c.header+": ["+c.value+"]}")); !b.Entries[0].OK() {
				t.Errorf("with the answer it is still stopped: %v", b.Entries[0].Problems)
			}
			b, err := sheet.Read(t.Context(), path, mine(t, "skip: {"+c.header+": ['*']}"))
			if err != nil || len(b.Entries) != 0 || len(b.Notes) == 0 || b.Notes[0].Code != "left-out-by-rule" {
				t.Errorf("left out, %v and %+v remain", err, b)
			}
		})
	}
}

// TestClasses reads a list of each class of what lists do, bare and with the
// answers.
func TestClasses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list   string
		asked  string // codes of the questions without a profile
		answer string // a profile
		want   string // with it
	}{
		"identical rows kept": {head + "\n" + row1 + "\n" + row1 + "\n", "identical-rows", "identical_rows: keep", "A-1=200.00 EUR"},
		"identical rows":      {head + "\n" + row1 + "\n" + row1 + "\n", "identical-rows", "identical_rows: drop", "A-1=100.00 EUR"},
		"proven rows":         {head + ",Grand total\n" + row1 + ",200.00\n" + row1 + ",200.00\n", "", "", "A-1=200.00 EUR"},
		"own fields": {head + "\n" + row1 + "\n,2026-11-14,2026-12-14,Example,EUR,Other,1,50,0\n", "blank-number",
			"blank_number: continues\ncolumns: {Date: ignore, Due Date: ignore}\ndefaults: {issue_date: 2026-11-13, due_after: 30d}", "A-1=150.00 EUR"},
		"text rows":       {head + "\n" + row1 + "\n,,,,,more of it,,,\n", "text-rows", "text_rows: description", "A-1=100.00 EUR"},
		"negative":        {head + "\n" + strings.Replace(row1, ",1,", ",-1,", 1) + "\n", "negative", "negative: credit_note", "A-1=100.00 EUR credit"},
		"zero":            {head + "\n" + strings.Replace(row1, "100.00", "0.00", 1) + "\n" + strings.Replace(row1, "A-1", "A-2", 1) + "\n", "zero", "zero: skip", "A-2=100.00 EUR"},
		"due before":      {head + "\n" + strings.Replace(row1, "2026-12-13", "2026-10-13", 1) + "\n", "due-before-issue", "due_before_issue: issue_date", "A-1=100.00 EUR"},
		"dates":           {head + "\n" + strings.NewReplacer("2026-11-13", "03/04/2026", "2026-12-13", "05/06/2026").Replace(row1) + "\n", "dates", "dates: dmy", "A-1=100.00 EUR"},
		"short years":     {head + "\n" + strings.NewReplacer("2026-11-13", "13.11.26", "2026-12-13", "13.12.26").Replace(row1) + "\n", "years", "years: 2000", "A-1=100.00 EUR"},
		"decimal":         {head + "\n" + strings.Replace(row1, "100.00", `"1,234"`, 1) + "\n", "decimal", `decimal: "."`, "A-1=1234.00 EUR"},
		"fractions":       {head + "\n" + strings.TrimSuffix(row1, "0") + "0.25\n", "rates", "rates: fraction", "A-1=125.00 EUR"},
		"terms":           {strings.Replace(head, "Due Date", "Terms", 1) + "\n" + strings.Replace(row1, "2026-12-13", "EOM", 1) + "\n", "terms", "terms: {EOM: 30d}", "A-1=100.00 EUR"},
		"known terms":     {strings.Replace(head, "Due Date", "Terms", 1) + "\n" + strings.Replace(row1, "2026-12-13", "Net 30", 1) + "\n", "", "", "A-1=100.00 EUR"},
		"names of taxes":  {strings.Replace(head, "VAT %", "Tax type", 1) + "\n" + strings.TrimSuffix(row1, "0") + "zw\n", "taxes", `taxes: {zw: {rate: 0, category: E, reason: "Art. 113"}}`, "A-1=100.00 EUR"},
		"percent in text": {strings.Replace(head, "VAT %", "Tax type", 1) + "\n" + strings.TrimSuffix(row1, "0") + "25% MOMS\n", "", "", "A-1=125.00 EUR"},
		"price or gross":  {strings.Replace(head, "Unit price", "Price", 1) + "\n" + strings.TrimSuffix(row1, "0") + "25\n", "prices", "prices: gross", "A-1=100.00 EUR"},
		"totals row":      {head + ",Line total\n" + row1 + ",100.00\nTotal EUR,,,,,,,,,150.00\n", "totals-row", "accept: [totals-row]", "A-1=100.00 EUR"},
		"right total":     {head + ",Line total\n" + row1 + ",100.00\nИтого,,,,,,,,,100.00\n", "", "", "A-1=100.00 EUR"},
		"scattered rows": {head + "\n" + row1 + "\n" + strings.Replace(row1, "A-1", "A-2", 1) + "\n" + strings.Replace(row1, "Thing", "Other", 1) + "\n", "",
			"rows: anywhere", "A-1=200.00 EUR|A-2=100.00 EUR"},
		"kinds":                 {head + ",Document type\n" + row1 + ",Nota\n", "kind J", "kinds: {Document type: {Nota: credit-note}}", "A-1=100.00 EUR credit"},
		"totals only":           {"Invoice No,Date,Client,Total\nA-1,2026-11-13,Example,100.00\n", "due-date,currency,unit-price,description,vat-rate", "columns: {Total: total}\ndefaults: {currency: DKK, vat_rate: 25, due_after: 30d, description: 'Invoice {number}'}", "A-1=100.00 DKK"},
		"matrix":                {"No,Invoice No,Date,Client,Rent,Water\n1,A-1,2026-11-13,Example,500,20\n2,A-2,2026-11-13,Sample,500,\n", "due-date,currency,unit-price,description,vat-rate", "defaults: {currency: DKK, due_after: 30d}\nrow_lines:\n- columns: {Rent: line_net}\n  defaults: {description: Rent, vat_rate: 0}\n- columns: {Water: line_net}\n  defaults: {description: Water, vat_rate: 25}", "A-1=525.00 DKK|A-2=500.00 DKK"},
		"lines in cells":        {"Invoice No,Date,Due Date,Client,Currency,Text,Qty,Unit price,VAT %\nA-1,2026-11-13,2026-12-13,Example,EUR,\"Red\nBlue\",\"1\n2\",\"10\n20\",25\n", "", "split_lines: newline", "A-1=62.50 EUR"},
		"joined number":         {"Serie,Folio,Date,Due Date,Client,Currency,Text,Qty,Unit price,VAT %\nA,7,2026-11-13,2026-12-13,Example,EUR,Thing,1,100,0\n", "number", "columns: {Serie: number, Folio: number}\njoin: {number: '-'}", "A-7=100.00 EUR"},
		"number by template":    {"Date,Due Date,Client,Currency,Text,Qty,Unit price,VAT %\n2026-11-13,2026-12-13,Example,EUR,Thing,1,100,0\n", "number", "defaults: {number: 'S-{row}'}", "S-2=100.00 EUR"},
		"net by quantity":       {strings.Replace(head, "Unit price", "Line net", 1) + "\n" + strings.Replace(row1, ",1,100.00", ",3,100.00", 1) + "\n", "", "", "A-1=100.00 EUR"},
		"proven rates":          {"Invoice No,Date,Due Date,Client,Currency,Text,Line net,Tax\nA-1,2026-11-13,2026-12-13,Example,EUR,Thing,100,25\nA-2,2026-11-13,2026-12-13,Example,EUR,Thing,50,6\n", "vat-rate", "columns: {Tax: line_vat}\ndefaults: {vat_rate: [0, 12, 25]}", "A-1=125.00 EUR|A-2=56.00 EUR"},
		"wrong rates":           {"Invoice No,Date,Due Date,Client,Currency,Text,Line net,Tax\nA-1,2026-11-13,2026-12-13,Example,EUR,Thing,100,24\n", "vat-rate", "columns: {Tax: line_vat}\ndefaults: {vat_rate: [0, 12, 25]}", "refused"},
		"freight":               {head + ",Freight,Grand Total\n" + strings.TrimSuffix(row1, "0") + "25,20.00,150.00\n", "column J", "columns: {Freight: charge}", "A-1=150.00 EUR"},
		"document discount":     {head + ",Invoice discount\n" + row1 + ",10.00\n", "column J", "columns: {Invoice discount: invoice_discount}", "A-1=90.00 EUR"},
		"balance":               {head + ",Balance\n" + row1 + ",40.00\n", "column J", "columns: {Balance: balance}", "A-1=100.00 EUR, due 40.00"},
		"ignored":               {head + ",Weight in g\n" + row1 + ",500\n", "column J", "columns: {Weight in g: ignore}", "A-1=100.00 EUR"},
		"letter":                {head + ",\n" + row1 + ",500\n" + strings.Replace(row1, "A-1", "A-2", 1) + ",400\n", "column J", "columns: {J: ignore}", "A-1=100.00 EUR|A-2=100.00 EUR"},
		"sign of currency":      {"Invoice No,Date,Due Date,Client,Text,Qty,Unit price,VAT %\nA-1,2026-11-13,2026-12-13,Example,Thing,1,€100.00,0\n", "", "", "A-1=100.00 EUR"},
		"doubtful sign":         {"Invoice No,Date,Due Date,Client,Text,Qty,Unit price,VAT %\nA-1,2026-11-13,2026-12-13,Example,Thing,1,$100.00,0\n", "currency", "currencies: {$: USD}", "A-1=100.00 USD"},
		"euro sign as currency": {head + "\n" + strings.Replace(row1, "EUR", "€", 1) + "\n", "", "", "A-1=100.00 EUR"},
		"own header row":        {"My list,,,\n\nнакладная,дата,клиент,сумма\n7,13.11.2026,Клиент,100\n8,14.11.2026,Клиент,50\n", "number,customer,issue-date,due-date,currency,unit-price,description,vat-rate", "header_row: 3\ncolumns: {накладная: number, дата: issue_date, клиент: customer, сумма: total}\ndefaults: {currency: RUB, vat_rate: 20, due_after: 14d, description: 'Счёт {number}'}", "7=100.00 RUB|8=50.00 RUB"},
		"gross rounding":        {strings.Replace(head, "Unit price", "Price", 1) + "\n" + strings.TrimSuffix(strings.Replace(row1, ",1,100.00", ",3,9.99", 1), "0") + "19\n", "prices", "prices: gross", "A-1=29.96 EUR, due 29.97"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := csvFile(t, c.list)
			asked, b := asks(t, path, sheet.Options{})
			if got := strings.Join(asked, ","); got != c.asked {
				t.Errorf("asked %q, want %q; %v", got, c.asked, problemsOf(b))
			}
			if c.asked != "" && slices.ContainsFunc(b.Entries, func(e *sheet.Entry) bool { return e.OK() }) && name != "zero" {
				t.Errorf("issued unasked: %s", totals(t, b))
			}
			b = read(t, path, mine(t, c.answer))
			if c.want == "refused" {
				if len(problemsOf(b)) == 0 {
					t.Errorf("passes: %s", totals(t, b))
				}
				return
			}
			wantProblems(t, b)
			if got := totals(t, b); got != c.want {
				t.Errorf("with the answer it is %s, want %s", got, c.want)
			}
		})
	}
}

// TestOtherLists holds that lists of something else are refused by name.
func TestOtherLists(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"quotes":    {"Client,Quote Number,Amount,Quote Date\nExample,Q-1,5.55,2026-11-13\n", "is a list of quotes"},
		"purchases": {"Invoice #,Invoice Date,Vendor Name,Amount\nV-1,2026-11-13,Vendor,100\n", "is a list of purchases"},
		"payments":  {"Payment Number,Date,Customer,Amount\nP-1,2026-11-13,Example,100\n", "is a list of payments"},
		"ledger":    {"Date,Invoice No,Account,Debit,Credit,Customer\n2026-11-13,1,Sales,,100,Example\n2026-11-13,1,Receivable,100,,Example\n", "is a ledger"},
		"form":      {"Invoice No:,A-1\nInvoice Date:,2026-11-13\nBill to,Example\n,\nDescription,Quantity,Unit price\nThing,1,100\n", "is the form of a single invoice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, csvFile(t, c[0]), sheet.Options{}, c[1])
		})
	}
}

func TestEncodingsByLetters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code encoding.Encoding
		text string
	}{
		"windows-1250": {charmap.Windows1250, "Łódź Żółw i Święty"}, "windows-1251": {charmap.Windows1251, "Привет из Москвы"}, "windows-1252": {charmap.Windows1252, "Købmand Ærø Åse"},
		"windows-1253": {charmap.Windows1253, "Παράδειγμα Αθήνα"}, "iso-8859-2": {charmap.ISO8859_2, "Łódź Żółw i Święty"}, "macintosh": {charmap.Macintosh, "Käse Größe Öl"}, "shift_jis": {japanese.ShiftJIS, "株式会社サンプル東京"},
		"koi8-r": {charmap.KOI8R, "Привет из Москвы"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := c.code.NewEncoder().String(head + "\n" + strings.Replace(row1, "Example", c.text, 1) + "\n")
			if err != nil {
				t.Fatal(err)
			}
			b := read(t, csvFile(t, content), sheet.Options{})
			if got := b.Entries[0].Invoice.Buyer.Name; got != c.text {
				t.Errorf("customer is %q, want %q", got, c.text)
			}
			if len(b.Notes) != 1 || b.Notes[0].Code != "encoding" || !strings.Contains(b.Notes[0].Message, name) {
				t.Errorf("notes are %v, want the encoding %s", b.Notes, name)
			}
		})
	}
	// One letter that two languages have leaves a question.
	content, err := charmap.Windows1250.NewEncoder().String(head + "\n" + strings.Replace(row1, "Example", "Gdańsk", 1) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	path := csvFile(t, content)
	if asked, _ := asks(t, path, sheet.Options{}); !slices.Equal(asked, []string{"encoding"}) {
		t.Errorf("asked %v, want the encoding", asked)
	}
	if b := read(t, path, mine(t, "encoding: cp1250")); b.Entries[0].Invoice.Buyer.Name != "Gdańsk" {
		t.Errorf("customer is %q", b.Entries[0].Invoice.Buyer.Name)
	}
}

func TestWorkbookClasses(t *testing.T) {
	t.Parallel()
	list := [][]any{headers, good("A-1"), good("A-2")}
	second := func(name string, rows [][]any, hide bool) func(*excelize.File) {
		return func(f *excelize.File) {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			for i, row := range rows {
				cell, _ := excelize.CoordinatesToCellName(1, i+1)
				if err := f.SetSheetRow(name, cell, &row); err != nil {
					t.Fatal(err)
				}
			}
			if hide {
				f.SetActiveSheet(1)
				if err := f.SetSheetVisible("Invoices", false); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		path   string
		asked  string
		answer string
		want   string
	}{
		"hidden first sheet": {workbook(t, [][]any{headers, good("OLD")}, second("New", list, true)), "", "", "A-1=251.25 EUR|A-2=251.25 EUR"},
		"cover sheet":        {workbook(t, [][]any{{"Our invoices"}, {"of November"}}, second("List", list, false)), "", "", "A-1=251.25 EUR|A-2=251.25 EUR"},
		"month sheets":       {workbook(t, [][]any{headers, good("A-0")}, second("Feb", list, false)), "sheet", "sheets: all", "A-0=251.25 EUR|A-1=251.25 EUR|A-2=251.25 EUR"},
		"one of them":        {workbook(t, [][]any{headers, good("A-0")}, second("Feb", list, false)), "sheet", "sheet: Feb", "A-1=251.25 EUR|A-2=251.25 EUR"},
		"lines on a second sheet": {workbook(t, [][]any{{"Invoice No", "Date", "Due Date", "Customer", "Currency"}, {"A-1", "2026-11-13", "2026-12-13", "Example", "EUR"}, {"A-2", "2026-11-13", "2026-12-13", "Example", "EUR"}},
			second("Items", [][]any{{"Invoice No", "Description", "Quantity", "Unit price", "VAT %"}, {"A-1", "Thing", 1, 100, 25}, {"A-2", "Thing", 2, 50, 25}, {"A-1", "Other", 1, 20, 0}}, false)),
			"sheet", "lines: {sheet: Items}", "A-1=145.00 EUR|A-2=125.00 EUR"},
		"discount on the sheet of lines": {workbook(t, [][]any{{"Invoice No", "Date", "Due Date", "Customer", "Currency"}, {"A-1", "2026-11-13", "2026-12-13", "Example", "EUR"}},
			second("Items", [][]any{{"Invoice No", "Description", "Quantity", "Unit price", "VAT %", "Rabatt"}, {"A-1", "Thing", 1, 100, 0, 30}}, false)),
			"sheet", "lines: {sheet: Items, columns: {Rabatt: discount}}", "A-1=70.00 EUR"},
		"two header rows": {workbook(t, [][]any{{"Invoice", nil, nil, "Customer", "Line"}, {"number", "date", "due", "name", "text", "amount", "VAT %"}, {"A-1", "2026-11-13", "2026-12-13", "Example", "Thing", 100, 0}}, nil),
			"customer,due-date,currency,unit-price", "header_row: 1\nheader_rows: 2\ncolumns: {Invoice number: number, Invoice date: issue_date, Invoice due: due_date, Customer name: customer, Line text: description, Line amount: line_net, 'Line VAT %': vat_rate}\ndefaults: {currency: EUR}", "A-1=100.00 EUR"},
		"filtered row": {workbook(t, list, func(f *excelize.File) {
			if err := f.SetRowVisible("Invoices", 3, false); err != nil {
				t.Fatal(err)
			}
		}), "hidden-rows", "hidden_rows: skip", "A-1=251.25 EUR"},
		"stale formula": {repack(t, workbook(t, list, nil), func(name string, c []byte) []byte {
			s := strings.Replace(string(c), `<c r="G2"><v>2</v></c>`, `<c r="G2"><f>50*9</f><v>2</v></c>`, 1)
			if name == "xl/workbook.xml" {
				s = strings.Replace(s, "</sheets>", `</sheets><calcPr calcId="0" fullCalcOnLoad="1"/>`, 1)
			}
			return []byte(s)
		}), "stale-formulas", "accept: [stale-formulas]", "A-1=251.25 EUR|A-2=251.25 EUR"},
		"format of another currency": {workbook(t, list, formatted(t, map[string]any{"H2": 100.5}, map[string]string{"H2": "[$$-409]#,##0.00"})), "", "columns: {Currency: ignore}\ndefaults: {currency: USD}", "A-1=251.25 USD|A-2=251.25 USD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, b := asks(t, c.path, sheet.Options{})
			if got := strings.Join(asked, ","); got != c.asked {
				t.Errorf("asked %q, want %q; %v", got, c.asked, problemsOf(b))
			}
			if name == "format of another currency" && b.Entries[0].OK() {
				t.Error("dollars are issued as euros")
			}
			b = read(t, c.path, mine(t, c.answer))
			wantProblems(t, b)
			if got := totals(t, b); got != c.want {
				t.Errorf("with the answer it is %s, want %s", got, c.want)
			}
		})
	}
}
