package sheet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
)

// renamed are the headers with some of them changed.
func renamed(from map[string]any) []any {
	out := slices.Clone(headers)
	for i, h := range out {
		if to, ok := from[h.(string)]; ok {
			out[i] = to
		}
	}
	return out
}

func TestHeadersThatAreWrong(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{renamed(map[string]any{"Invoice number": "Invoce number", "Quantity": "Quantitty", "Due date": nil, "Currency": "Remark", "VAT %": "Issue date"}), good("A-1")}, nil)
	b, err := sheet.Read(t.Context(), path, sheet.Options{})
	fe, ok := errors.AsType[*sheet.FileError](err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	var got []string
	for _, p := range fe.Problems {
		got = append(got, p.String())
	}
	want := []string{
		`Invoices!I1: header "Issue date" and "Issue date" in B1 both mean "Issue date"; rename one of them`,
		`Invoices!A1: header "Invoce number" looks like "Invoice number" with a typing error; correct it, or rename the column if it is another one`,
		`Invoices!G1: header "Quantitty" looks like "Quantity" with a typing error; correct it, or rename the column if it is another one`,
		`Invoices row 1: column "Due date" is missing: no column has the due date; when are the invoices due? Answer it, for example, with the line defaults: {due_after: 30d}`,
		`Invoices row 1: column "Currency" is missing: no column has the currency; which one is it? Answer it, for example, with the line columns: {"Remark": currency}`,
		`Invoices row 1: column "VAT %" is missing: no column has the VAT rate; which one is it? Answer it, for example, with the line defaults: {vat_rate: 25}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	if b == nil || len(b.Columns) != 8 || len(b.Entries) != 0 {
		t.Errorf("book is %+v, want its columns and no entries", b)
	}
}

func TestHeadersOfOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ header, row string }{
		"danish":     {"Fakturanr;Fakturadato;Forfaldsdato;Valuta;Kundenavn;Beskrivelse;Antal;Enhed;Enhedspris;Moms %;Linjetotal", "17;20/11/2026;20/12/2026;DKK;Eksempel ApS;Stol;2;stk;100,50;25;201,00"},
		"german":     {"Rechnungsnummer;Rechnungsdatum;Fälligkeitsdatum;Währung;Kunde;Bezeichnung;Menge;Einheit;Einzelpreis;MwSt-Satz", "17;20.11.2026;20.12.2026;EUR;Muster GmbH;Stuhl;2;Stk;100,50;25"},
		"polish":     {"Numer faktury;Data wystawienia;Termin płatności;Waluta;Nabywca;Opis;Ilość;Jednostka;Cena jednostkowa;Stawka VAT", "17;20.11.2026;20.12.2026;PLN;Przykład;Krzesło;2;szt;100,50;25"},
		"odd spaces": {"*INVOICE_NUMBER;issue-date;Due  Date;currency code;*Customer Name;description;QTY;unit;Unit Price;VAT (%)", "17;2026-11-20;2026-12-20;EUR;Example;Chair;2;pcs;100,50;25 %"},
		"weak names": {"Number;Date;Due Date;Currency;Partner;Invoice lines/Label;Invoice lines/Quantity;Unit;Price;Tax %", "17;2026-11-20;2026-12-20;EUR;Example;Chair;2;pcs;100,50;25"},
		"titles":     {"Acme list\n\nprinted;on;Monday\nInvoice number;Issue date;Due date;Currency;Customer name;Description;Quantity;Unit;Unit price;VAT %", "17;2026-11-20;2026-12-20;EUR;Example;Chair;2;pcs;100,50;25"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sheet.Options{}
			if name == "weak names" { // nothing shows whether its price is with VAT
				o.Profiles = []*profile.Profile{{Name: "mine", Prices: "net"}}
			}
			b := read(t, csvFile(t, c.header+"\n"+c.row+"\n"), o)
			wantProblems(t, b)
			inv := b.Entries[0].Invoice
			if inv.Number != "17" || inv.IssueDate != "2026-11-20" || inv.DueDate != "2026-12-20" || inv.Lines[0].UnitPrice != "100.5" || inv.Lines[0].VATRate != "25" || inv.Lines[0].Quantity != "2" {
				t.Errorf("invoice is %+v", inv)
			}
		})
	}
}

func TestHeadersWithTwoMeanings(t *testing.T) {
	t.Parallel()
	const xero = "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,Total,*Description,*Quantity,*UnitAmount,Discount,Currency,VAT rate\n"
	b := read(t, csvFile(t, xero+"Example,A-1,2026-11-20,2026-12-20,6.25,Thing,1,5,,EUR,25\n"), sheet.Options{})
	wantProblems(t, b)
	roles := map[string]sheet.Role{}
	for _, c := range b.Columns {
		roles[c.Header] = c.Role
	}
	if roles["Total"] != sheet.RoleProven || roles["Discount"] != sheet.RoleCarried || roles["*UnitAmount"] != sheet.RoleField {
		t.Errorf("roles are %v", roles)
	}
	b = read(t, csvFile(t, xero+"Example,A-1,2026-11-20,2026-12-20,6.25,Thing,1,5,10,EUR,25\n"), sheet.Options{})
	wantProblems(t, b, `list.csv:2 column I: stands under column I "Discount", which nothing explains and may change what is owed; say what it is`)
	if b.Entries[0].OK() {
		t.Error("an invoice whose amount may be wrong can be issued")
	}
	b = read(t, csvFile(t, xero+"Example,A-1,2026-11-20,2026-12-20,6.25,Thing,1,5,10,EUR,25\n"), sheet.Options{Columns: map[string]string{"discount": "Discount %", "Total": "-"}})
	wantProblems(t, b)
	if got := b.Entries[0].Invoice.Lines[0].DiscountPercent; got != "10" {
		t.Errorf("discount is %q percent, want 10", got)
	}
	refused(t, csvFile(t, "Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Rate,VAT\nA,,,,,,,5,\n"), sheet.Options{},
		`column "Unit price" is missing: which column has the price of one unit`, `columns: {"Rate": unit_price}`)
	refused(t, csvFile(t, csvHead+"A,,,,,,,,\n"), sheet.Options{Columns: map[string]string{"Quantity": "Amounts", "No such": "Note"}},
		`column mapping names "Amounts", which is no field`, `column mapping names the header "No such", which the file has not`)
}

// TestColumnsThatMeanNothing holds that ordinary columns are neither guessed
// nor taken for typing errors.
func TestColumnsThatMeanNothing(t *testing.T) {
	t.Parallel()
	others := []string{"Notes", "Private Notes", "Customer notes 2", "Item code 2", "Update Stock", "Cost centre", "Project", "Region", "Sales rep", "Account code", "Branding theme",
		"KID", "Payment method", "Discount 2", "Units", "Items", "Weight", "Item date", "Year", "Customer type", "Error"}
	b := read(t, csvFile(t, strings.TrimSpace(csvHead)+","+strings.Join(others, ",")+"\nA-1,2026-11-20,2026-12-20,EUR,Example,Thing,2,100,25"+strings.Repeat(",x", len(others))+"\n"), sheet.Options{})
	wantProblems(t, b)
	for _, c := range b.Columns[9:] {
		if c.Role != sheet.RoleCarried {
			t.Errorf("%q is %s %s", c.Header, c.Role, c.Field)
		}
	}
}

func TestCurrencyOfTheSeller(t *testing.T) {
	t.Parallel()
	path := csvFile(t, "Invoice number,Issue date,Due date,Customer name,Description,Quantity,Unit price,VAT %\nA-1,2026-11-20,2026-12-20,Example,Thing,2,100,25\n")
	refused(t, path, sheet.Options{}, `column "Currency" is missing`)
	if b := read(t, path, sheet.Options{Currency: "DKK"}); b.Entries[0].Invoice.Currency != "DKK" || !b.Entries[0].OK() {
		t.Errorf("currency is %q, %v", b.Entries[0].Invoice.Currency, problemsOf(b))
	}
}
