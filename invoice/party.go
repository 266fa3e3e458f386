package invoice

// Party is a seller or a buyer (BG-4, BG-7).
type Party struct {
	Name string `json:"name" yaml:"name"`
	// ID is the seller's own number for this customer (BT-46).
	ID string `json:"id,omitempty" yaml:"-"`
	// VATID is the VAT identifier with its country prefix (BT-31, BT-48).
	VATID string `json:"vatId,omitempty" yaml:"vat_id"`
	// RegistrationNo is the legal registration number (BT-30, BT-47).
	RegistrationNo string  `json:"registrationNo,omitempty" yaml:"registration_no"`
	Email          string  `json:"email,omitempty" yaml:"email"`
	Phone          string  `json:"phone,omitempty" yaml:"phone"`
	Address        Address `json:"address,omitzero" yaml:"address"`
}

// Address is a postal address (BG-5, BG-8).
type Address struct {
	// Street holds the street and further lines (BT-35, BT-36, BT-162),
	// separated by line feeds.
	Street string `json:"street,omitempty" yaml:"street"`
	Zip    string `json:"zip,omitempty" yaml:"zip"`
	City   string `json:"city,omitempty" yaml:"city"`
	// Country is an ISO 3166-1 alpha-2 code (BT-40, BT-55).
	Country string `json:"country,omitempty" yaml:"country"`
}

// Seller is the profile of the party that sends the invoices: everything on
// the page that is the same for all of them. A snapshot of it is kept with
// every invoice, so that a page made weeks later looks as the first one did.
type Seller struct {
	Party `yaml:",inline"`
	// IBAN and BIC are where a bank transfer goes (BT-84, BT-86). The IBAN is
	// kept without spaces.
	IBAN string `json:"iban,omitempty" yaml:"iban"`
	BIC  string `json:"bic,omitempty" yaml:"bic"`
	Bank string `json:"bank,omitempty" yaml:"bank"`
	// Logo is a PNG or JPEG file, at most MaxLogoBytes.
	Logo []byte `json:"logo,omitempty" yaml:"-"`
	// Language is the BCP 47 language of the page where the invoice names
	// none; empty means English.
	Language string `json:"language,omitempty" yaml:"language"`
	// Currency is used where an invoice names none.
	Currency string `json:"currency,omitempty" yaml:"currency"`
	// PaymentTerms is printed below the totals (BT-20).
	PaymentTerms string `json:"paymentTerms,omitempty" yaml:"payment_terms"`
	// Footer is printed at the foot of every page.
	Footer string `json:"footer,omitempty" yaml:"footer"`
	// TimeZone is the IANA zone in which the page states deadlines; empty
	// means UTC.
	TimeZone string `json:"timeZone,omitempty" yaml:"time_zone"`
	// Design is how the pages look.
	Design Design `json:"design,omitzero" yaml:"design"`
	// Note is printed below the note of every invoice.
	Note string `json:"note,omitempty" yaml:"note"`
	// Fields are further particulars printed with the references, at most
	// MaxFields.
	Fields []Field `json:"fields,omitempty" yaml:"fields"`
	// Texts are the payment terms, note, footer and fields by the language of
	// the page; what one lacks is taken from the profile.
	Texts []LocalTexts `json:"texts,omitempty" yaml:"texts"`
}

// MaxLogoBytes is the largest logo file that is taken: it travels in a
// message, whose limit is 1 MB by default on a NATS server, as base64.
const MaxLogoBytes = 256 << 10
