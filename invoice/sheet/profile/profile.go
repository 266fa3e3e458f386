// Package profile reads and writes import profiles: YAML files that say what a
// layout of spreadsheets means and what it lacks. It knows their form and
// checks their values; package sheet applies them.
//
// Start with [Parse]; [Shipped] returns the profiles of well-known programs.
package profile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// NewLine is the word of Profile.SplitLines for a line end.
const NewLine = "newline"

// MaxBytes is the largest profile that is read.
const MaxBytes = 256 << 10

// Profile says what a layout means. The zero value of every member means that
// the profile does not say it.
type Profile struct {
	// Name is what the profile is called, such as "xero".
	Name string `yaml:"name,omitempty" json:"name,omitempty"`
	// Extends is the name of a profile that this one completes, such as "xero".
	Extends string `yaml:"extends,omitempty" json:"extends,omitempty"`
	// Match are headers that identify the layout: a file matches if its header
	// row has them all.
	Match []string `yaml:"match,omitempty" json:"match,omitempty"`
	// List says that a list which looks like quotes, purchases, payments or a
	// ledger is one of invoices: "invoices".
	List string `yaml:"list,omitempty" json:"list,omitempty"`

	Sheet      string `yaml:"sheet,omitempty" json:"sheet,omitempty"`            // the sheet to read
	Sheets     Texts  `yaml:"sheets,omitempty" json:"sheets,omitempty"`          // several sheets of one layout; "all" is every visible one
	HeaderRow  int    `yaml:"header_row,omitempty" json:"headerRow,omitempty"`   // the row of the headers, from 1
	HeaderRows int    `yaml:"header_rows,omitempty" json:"headerRows,omitempty"` // how many rows the headers take; their texts are joined
	Encoding   string `yaml:"encoding,omitempty" json:"encoding,omitempty"`      // of a CSV file, such as windows-1250
	Decimal    string `yaml:"decimal,omitempty" json:"decimal,omitempty"`        // the decimal sign: "." or ","
	Dates      string `yaml:"dates,omitempty" json:"dates,omitempty"`            // the order of dates in numbers: dmy, mdy or ymd
	Years      int    `yaml:"years,omitempty" json:"years,omitempty"`            // the first year that a year of two digits can be, such as 2000
	// Months are names of months that are not understood otherwise.
	Months map[string]int `yaml:"months,omitempty" json:"months,omitempty"`

	// Columns maps headers, or letters of columns, to fields.
	Columns map[string]string `yaml:"columns,omitempty" json:"columns,omitempty"`
	// Join is what stands between the texts of several columns that are
	// mapped to one field, by field.
	Join map[string]Text `yaml:"join,omitempty" json:"join,omitempty"`
	// Defaults are values that no column has.
	Defaults Defaults `yaml:"defaults,omitempty" json:"defaults,omitzero"`
	// Carry are fields of a line that stand on an invoice's first row and
	// hold for its further lines.
	Carry []string `yaml:"carry,omitempty" json:"carry,omitempty"`
	// Taxes are the rates of taxes by their names or codes.
	Taxes map[string]Tax `yaml:"taxes,omitempty" json:"taxes,omitempty"`
	// Rates says whether VAT rates are percentages ("percent", 25) or
	// fractions ("fraction", 0.25).
	Rates string `yaml:"rates,omitempty" json:"rates,omitempty"`
	// Terms are days by terms of payment, such as {"EOM": 30d}.
	Terms map[string]string `yaml:"terms,omitempty" json:"terms,omitempty"`
	// Currencies are ISO 4217 codes by signs or names.
	Currencies map[string]string `yaml:"currencies,omitempty" json:"currencies,omitempty"`
	// Prices says whether prices and line amounts are without VAT ("net") or
	// with it ("gross").
	Prices string `yaml:"prices,omitempty" json:"prices,omitempty"`
	// Totals says what counts if a stated total and the lines differ: "check"
	// refuses the invoice, "trust_lines" takes the lines, "trust_totals" takes
	// the total, as far as the difference is one of rounding.
	Totals string `yaml:"totals,omitempty" json:"totals,omitempty"`

	// Skip, Only and Issue choose rows by the values of columns: rows with one
	// of the values are left out, rows without one are left out, or the
	// values need no question.
	Skip  map[string]Texts `yaml:"skip,omitempty" json:"skip,omitempty"`
	Only  map[string]Texts `yaml:"only,omitempty" json:"only,omitempty"`
	Issue map[string]Texts `yaml:"issue,omitempty" json:"issue,omitempty"`
	// Kinds tells invoices from credit notes by the values of a column.
	Kinds map[string]map[string]string `yaml:"kinds,omitempty" json:"kinds,omitempty"`

	// RowLines are several lines that stand side by side in one row.
	RowLines []RowLine `yaml:"row_lines,omitempty" json:"rowLines,omitempty"`
	// SplitLines is what stands between several lines in one cell.
	// "newline" is a line end.
	SplitLines string `yaml:"split_lines,omitempty" json:"splitLines,omitempty"`
	// Customers are what a list lacks of its customers, such as addresses, by
	// the customer's number or name and the field.
	Customers map[string]map[string]Text `yaml:"customers,omitempty" json:"customers,omitempty"`
	// CustomerSheet is a second sheet that has the customers; its rows are found
	// by the customer's number, or else by the name.
	CustomerSheet *Lines `yaml:"customer_sheet,omitempty" json:"customerSheet,omitempty"`
	// Lines is a second sheet that has the lines.
	Lines *Lines `yaml:"lines,omitempty" json:"lines,omitempty"`

	BlankNumber   string `yaml:"blank_number,omitempty" json:"blankNumber,omitempty"`        // a row without a number "continues" the invoice above, or it is "missing"
	Rows          string `yaml:"rows,omitempty" json:"rows,omitempty"`                       // the rows of an invoice stand "together" or "anywhere"
	TextRows      string `yaml:"text_rows,omitempty" json:"textRows,omitempty"`              // a row with a description alone: "description" of the line above, "note" of the invoice, or "skip"
	IdenticalRows string `yaml:"identical_rows,omitempty" json:"identicalRows,omitempty"`    // equal rows of an invoice: "keep" all or "drop" all but one
	HiddenRows    string `yaml:"hidden_rows,omitempty" json:"hiddenRows,omitempty"`          // "read" or "skip"
	Negative      string `yaml:"negative,omitempty" json:"negative,omitempty"`               // an invoice below zero: "credit_note" or "skip"
	Zero          string `yaml:"zero,omitempty" json:"zero,omitempty"`                       // an invoice over zero: "issue" or "skip"
	DueBefore     string `yaml:"due_before_issue,omitempty" json:"dueBeforeIssue,omitempty"` // a due date before the issue date: "issue_date" takes the issue date
	Discounts     string `yaml:"discounts,omitempty" json:"discounts,omitempty"`             // the sign of discounts: "positive" or "negative" amounts
	// TotalsWords are further words that mark rows of totals.
	TotalsWords []string `yaml:"totals_words,omitempty" json:"totalsWords,omitempty"`
	// Accept are the codes of notes that are accepted.
	Accept []string `yaml:"accept,omitempty" json:"accept,omitempty"`
}

// Defaults are values for fields that have no column, or an empty cell.
type Defaults struct {
	Number      Text   `yaml:"number,omitempty" json:"number,omitempty"`           // may name columns and fields in braces: "{Series}-{No}"
	IssueDate   Text   `yaml:"issue_date,omitempty" json:"issueDate,omitempty"`    // YYYY-MM-DD
	DueDate     Text   `yaml:"due_date,omitempty" json:"dueDate,omitempty"`        // YYYY-MM-DD
	DueAfter    string `yaml:"due_after,omitempty" json:"dueAfter,omitempty"`      // after the issue date: 30d, 2w, 1m
	Currency    string `yaml:"currency,omitempty" json:"currency,omitempty"`       // ISO 4217
	Language    Text   `yaml:"language,omitempty" json:"language,omitempty"`       // BCP 47
	Description Text   `yaml:"description,omitempty" json:"description,omitempty"` // may name columns and fields
	Quantity    Text   `yaml:"quantity,omitempty" json:"quantity,omitempty"`
	Unit        Text   `yaml:"unit,omitempty" json:"unit,omitempty"`
	UnitPrice   Text   `yaml:"unit_price,omitempty" json:"unitPrice,omitempty"`
	// VATRate is a rate in percent, or several: then the amounts of each row
	// must prove which one it is.
	VATRate     Texts  `yaml:"vat_rate,omitempty" json:"vatRate,omitempty"`
	VATCategory string `yaml:"vat_category,omitempty" json:"vatCategory,omitempty"` // UNCL 5305
	Note        Text   `yaml:"note,omitempty" json:"note,omitempty"`
	// ExemptionReason and ExemptionCode say why no VAT is charged, on lines of a
	// VAT category that charges none.
	ExemptionReason Text `yaml:"exemption_reason,omitempty" json:"exemptionReason,omitempty"`
	ExemptionCode   Text `yaml:"exemption_code,omitempty" json:"exemptionCode,omitempty"`

	// These hold for the whole invoice and may name columns in braces.

	Customer                Text `yaml:"customer,omitempty" json:"customer,omitempty"`
	CustomerNo              Text `yaml:"customer_no,omitempty" json:"customerNo,omitempty"`
	CustomerVATID           Text `yaml:"customer_vat_id,omitempty" json:"customerVatId,omitempty"`
	CustomerRegistrationNo  Text `yaml:"customer_registration_no,omitempty" json:"customerRegistrationNo,omitempty"`
	Contact                 Text `yaml:"contact,omitempty" json:"contact,omitempty"`
	Email                   Text `yaml:"email,omitempty" json:"email,omitempty"`
	Phone                   Text `yaml:"phone,omitempty" json:"phone,omitempty"`
	Address                 Text `yaml:"address,omitempty" json:"address,omitempty"`
	Zip                     Text `yaml:"zip,omitempty" json:"zip,omitempty"`
	City                    Text `yaml:"city,omitempty" json:"city,omitempty"`
	Region                  Text `yaml:"customer_region,omitempty" json:"customerRegion,omitempty"`
	Country                 Text `yaml:"country,omitempty" json:"country,omitempty"` // ISO 3166-1 alpha-2, or a name
	SupplyDate              Text `yaml:"supply_date,omitempty" json:"supplyDate,omitempty"`
	PeriodStart             Text `yaml:"period_start,omitempty" json:"periodStart,omitempty"`
	PeriodEnd               Text `yaml:"period_end,omitempty" json:"periodEnd,omitempty"`
	BuyerReference          Text `yaml:"buyer_reference,omitempty" json:"buyerReference,omitempty"`
	Order                   Text `yaml:"order,omitempty" json:"order,omitempty"`
	Contract                Text `yaml:"contract,omitempty" json:"contract,omitempty"`
	Project                 Text `yaml:"project,omitempty" json:"project,omitempty"`
	OriginalInvoice         Text `yaml:"original_invoice,omitempty" json:"originalInvoice,omitempty"`
	DeliveryName            Text `yaml:"delivery_name,omitempty" json:"deliveryName,omitempty"`
	DeliveryAddress         Text `yaml:"delivery_address,omitempty" json:"deliveryAddress,omitempty"`
	DeliveryZip             Text `yaml:"delivery_zip,omitempty" json:"deliveryZip,omitempty"`
	DeliveryCity            Text `yaml:"delivery_city,omitempty" json:"deliveryCity,omitempty"`
	DeliveryCountry         Text `yaml:"delivery_country,omitempty" json:"deliveryCountry,omitempty"`
	TaxCurrency             Text `yaml:"tax_currency,omitempty" json:"taxCurrency,omitempty"`
	TaxCurrencyRate         Text `yaml:"tax_currency_rate,omitempty" json:"taxCurrencyRate,omitempty"`
	PaymentTerms            Text `yaml:"payment_terms,omitempty" json:"paymentTerms,omitempty"`
	Intro                   Text `yaml:"intro,omitempty" json:"intro,omitempty"`
	ReceivingAdvice         Text `yaml:"receiving_advice,omitempty" json:"receivingAdvice,omitempty"`
	Tender                  Text `yaml:"tender,omitempty" json:"tender,omitempty"`
	CustomerGlobalID        Text `yaml:"customer_global_id,omitempty" json:"customerGlobalId,omitempty"`
	CustomerGlobalIDScheme  Text `yaml:"customer_global_id_scheme,omitempty" json:"customerGlobalIdScheme,omitempty"`
	ElectronicAddress       Text `yaml:"electronic_address,omitempty" json:"electronicAddress,omitempty"`
	ElectronicAddressScheme Text `yaml:"electronic_address_scheme,omitempty" json:"electronicAddressScheme,omitempty"`
	DeliveryRegion          Text `yaml:"delivery_region,omitempty" json:"deliveryRegion,omitempty"`
	DeliveryLocation        Text `yaml:"delivery_location,omitempty" json:"deliveryLocation,omitempty"`
	DeliveryLocationScheme  Text `yaml:"delivery_location_scheme,omitempty" json:"deliveryLocationScheme,omitempty"`
	RepresentativeName      Text `yaml:"representative_name,omitempty" json:"representativeName,omitempty"`
	RepresentativeVATID     Text `yaml:"representative_vat_id,omitempty" json:"representativeVatId,omitempty"`
	RepresentativeAddress   Text `yaml:"representative_address,omitempty" json:"representativeAddress,omitempty"`
	RepresentativeZip       Text `yaml:"representative_zip,omitempty" json:"representativeZip,omitempty"`
	RepresentativeCity      Text `yaml:"representative_city,omitempty" json:"representativeCity,omitempty"`
	RepresentativeCountry   Text `yaml:"representative_country,omitempty" json:"representativeCountry,omitempty"`
	OriginalDate            Text `yaml:"original_date,omitempty" json:"originalDate,omitempty"`
	OriginalInvoice2        Text `yaml:"original_invoice_2,omitempty" json:"originalInvoice2,omitempty"`
	OriginalDate2           Text `yaml:"original_date_2,omitempty" json:"originalDate2,omitempty"`
	OriginalInvoice3        Text `yaml:"original_invoice_3,omitempty" json:"originalInvoice3,omitempty"`
	OriginalDate3           Text `yaml:"original_date_3,omitempty" json:"originalDate3,omitempty"`
	EarlyPaymentPercent     Text `yaml:"early_payment_percent,omitempty" json:"earlyPaymentPercent,omitempty"`
	EarlyPaymentUntil       Text `yaml:"early_payment_until,omitempty" json:"earlyPaymentUntil,omitempty"`
	EarlyPaymentPercent2    Text `yaml:"early_payment_percent_2,omitempty" json:"earlyPaymentPercent2,omitempty"`
	EarlyPaymentUntil2      Text `yaml:"early_payment_until_2,omitempty" json:"earlyPaymentUntil2,omitempty"`
	AccountIBAN             Text `yaml:"account_iban,omitempty" json:"accountIban,omitempty"`
	AccountBIC              Text `yaml:"account_bic,omitempty" json:"accountBic,omitempty"`
	AccountBank             Text `yaml:"account_bank,omitempty" json:"accountBank,omitempty"`
	AccountHolder           Text `yaml:"account_holder,omitempty" json:"accountHolder,omitempty"`
	LinkValidUntil          Text `yaml:"link_valid_until,omitempty" json:"linkValidUntil,omitempty"`
	PaymentPage             Text `yaml:"payment_page,omitempty" json:"paymentPage,omitempty"`
	MarginScheme            Text `yaml:"margin_scheme,omitempty" json:"marginScheme,omitempty"`
	SelfBilled              Text `yaml:"self_billed,omitempty" json:"selfBilled,omitempty"`
	CashAccounting          Text `yaml:"cash_accounting,omitempty" json:"cashAccounting,omitempty"`
	SmallBusiness           Text `yaml:"small_business,omitempty" json:"smallBusiness,omitempty"`
}

// FieldText is a text for a field.
type FieldText struct {
	Field Field
	Text  Text
}

// Texts are the defaults that are one text, in the order of Defaults.
func (d Defaults) Texts() (out []FieldText) {
	v := reflect.ValueOf(d)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if text, ok := v.Field(i).Interface().(Text); ok && text != "" {
			out = append(out, FieldText{Field(name), text})
		}
	}
	return out
}

// RowLine is one of the lines in a row. It counts in the rows in which one of
// its columns is filled and not zero.
type RowLine struct {
	Columns  map[string]string `yaml:"columns" json:"columns"`
	Defaults Defaults          `yaml:"defaults,omitempty" json:"defaults,omitzero"`
}

// Lines is a sheet whose rows belong to the invoices in another one: their lines,
// or their customers.
type Lines struct {
	Sheet     string            `yaml:"sheet" json:"sheet"`
	HeaderRow int               `yaml:"header_row,omitempty" json:"headerRow,omitempty"`
	Columns   map[string]string `yaml:"columns,omitempty" json:"columns,omitempty"` // one of them is mapped to number, of customers to customer_no or customer
}

// Tax is what a name or code of a tax stands for.
type Tax struct {
	Rate     Text   `yaml:"rate" json:"rate"`                             // percent
	Category string `yaml:"category,omitempty" json:"category,omitempty"` // UNCL 5305
	Reason   string `yaml:"reason,omitempty" json:"reason,omitempty"`     // why no VAT is charged (BT-120)
}

// UnmarshalYAML reads a rate alone, or a mapping.
func (t *Tax) UnmarshalYAML(data []byte) error {
	var plain Text
	if err := yaml.Unmarshal(data, &plain); err == nil && !strings.ContainsAny(string(data), "{:") {
		t.Rate = plain
		return nil
	}
	type alike Tax
	return yaml.UnmarshalWithOptions(data, (*alike)(t), yaml.Strict())
}

// MarshalYAML writes a rate alone as such.
func (t Tax) MarshalYAML() (any, error) {
	if t.Category == "" && t.Reason == "" {
		return t.Rate, nil
	}
	type alike Tax
	return alike(t), nil
}

// Text is a text that may be written as a number or a date without quotation
// marks; it is kept as it is written.
type Text string

// UnmarshalYAML takes any scalar as it is written.
func (t *Text) UnmarshalYAML(data []byte) error {
	s := strings.TrimSpace(string(data))
	if s == "" || s == "~" || s == "null" {
		*t = ""
		return nil
	}
	if s[0] == '"' || s[0] == '\'' || s[0] == '|' || s[0] == '>' {
		var quoted string
		if err := yaml.Unmarshal(data, &quoted); err != nil {
			return err
		}
		*t = Text(quoted)
		return nil
	}
	if strings.ContainsAny(s[:1], "[{&*!") || strings.Contains(s, "\n") {
		return fmt.Errorf("%q is no single value", s)
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	*t = Text(s)
	return nil
}

// MarshalYAML writes plain numbers as such.
func (t Text) MarshalYAML() (any, error) {
	if n, err := strconv.Atoi(string(t)); err == nil && strconv.Itoa(n) == string(t) {
		return n, nil
	}
	return string(t), nil
}

// Texts are one or several texts.
type Texts []Text

// UnmarshalYAML reads one text or a list.
func (t *Texts) UnmarshalYAML(data []byte) error {
	s := strings.TrimSpace(string(data))
	if strings.HasPrefix(s, "[") || strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "-\n") {
		return yaml.Unmarshal(data, (*[]Text)(t))
	}
	var one Text
	if err := one.UnmarshalYAML(data); err != nil {
		return err
	}
	*t = Texts{one}
	return nil
}

// MarshalYAML writes a single text alone.
func (t Texts) MarshalYAML() (any, error) {
	if len(t) == 1 {
		return t[0], nil
	}
	return []Text(t), nil
}

// Parse reads a profile and reports everything that is wrong in it; name is
// that of its file, for messages, and of the profile if it has none.
func Parse(name string, data []byte) (*Profile, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("profile %s: is larger than %d KiB", name, MaxBytes>>10)
	}
	p := &Profile{}
	d := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := d.Decode(p); err != nil && err.Error() != "EOF" {
		return nil, fmt.Errorf("profile %s: %s", name, yaml.FormatError(err, false, true))
	}
	if p.Name == "" {
		p.Name = name
	}
	if p.SplitLines == "\n" {
		p.SplitLines = NewLine
	}
	if err := errors.Join(p.problems()...); err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return p, nil
}

// YAML writes the profile as a file that Parse reads.
func (p *Profile) YAML() ([]byte, error) { return yaml.Marshal(p) }

// Matches reports whether the profile identifies layouts, and whether the
// headers have all that identify this one.
func (p *Profile) Matches(headers []string) bool {
	return len(p.Match) > 0 && len(p.Missing(headers)) == 0
}

// Missing returns the headers of Match that are not among the headers.
func (p *Profile) Missing(headers []string) []string {
	have := map[string]bool{}
	for _, h := range headers {
		have[Fold(h)] = true
	}
	var out []string
	for _, m := range p.Match {
		if !have[Fold(m)] {
			out = append(out, m)
		}
	}
	return out
}
