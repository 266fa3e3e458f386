package invoice

// Party is a seller or a buyer (BG-4, BG-7).
type Party struct {
	// Name of the party, as it is printed (BT-27, BT-44).
	Name string `json:"name" yaml:"name"`
	// ID is the seller's own number for this customer (BT-46).
	ID string `json:"id,omitempty" yaml:"-"`
	// GlobalID is an identifier with its scheme (BT-29, BT-46), such as a GLN.
	GlobalID Identifier `json:"globalId,omitzero" yaml:"global_id"`
	// VATID is the VAT identifier with its country prefix (BT-31, BT-48).
	VATID string `json:"vatId,omitempty" yaml:"vat_id"`
	// TaxNumber is the seller's number at the local tax office, which stands in
	// for a VAT identifier that the seller has not (BT-32).
	TaxNumber string `json:"taxNumber,omitempty" yaml:"tax_number"`
	// RegistrationNo is the legal registration number (BT-30, BT-47).
	RegistrationNo string `json:"registrationNo,omitempty" yaml:"registration_no"`
	// RegistrationScheme is the ISO 6523 code of the register (BT-30-1,
	// BT-47-1), such as 0184, or one of the words CVR, ORGNR, SIREN, KVK and
	// LEI.
	RegistrationScheme string `json:"registrationScheme,omitempty" yaml:"registration_scheme"`
	// Endpoint is the electronic address to which an e-invoice is sent (BT-34,
	// BT-49).
	Endpoint Identifier `json:"endpoint,omitzero" yaml:"endpoint"`
	// Contact is the person or department to ask (BT-41, BT-56).
	Contact string `json:"contact,omitempty" yaml:"contact"`
	// Email is the e-mail address (BT-43, BT-58).
	Email string `json:"email,omitempty" yaml:"email"`
	// Phone is the telephone number (BT-42, BT-57).
	Phone string `json:"phone,omitempty" yaml:"phone"`
	// Address is the postal address (BG-5, BG-8).
	Address Address `json:"address,omitzero" yaml:"address"`
}

// Identifier is a number with the list that it was given out from.
type Identifier struct {
	// Scheme is a code of ISO 6523 such as 0088, for an electronic address also
	// one of the EAS list such as 9930 or EM, or one of the words GLN, DUNS, CVR,
	// ORGNR, SIREN, SIRET, KVK, LEI, LEITWEG and, for an address, VAT.
	Scheme string `json:"scheme,omitempty" yaml:"scheme"`
	// ID is the number itself.
	ID string `json:"id,omitempty" yaml:"id"`
}

// Address is a postal address (BG-5, BG-8, BG-12, BG-15).
type Address struct {
	// Street holds the street and further lines (BT-35, BT-36, BT-162),
	// separated by line feeds.
	Street string `json:"street,omitempty" yaml:"street"`
	// Zip is the post code (BT-38, BT-53, BT-67, BT-78).
	Zip string `json:"zip,omitempty" yaml:"zip"`
	// City (BT-37, BT-52, BT-66, BT-77).
	City string `json:"city,omitempty" yaml:"city"`
	// Region is the state or province (BT-39, BT-54, BT-68, BT-79).
	Region string `json:"region,omitempty" yaml:"region"`
	// Country is an ISO 3166-1 alpha-2 code (BT-40, BT-55, BT-69, BT-80).
	Country string `json:"country,omitempty" yaml:"country"`
}

// TaxRepresentative acts for the seller in the country of the VAT (BG-11).
type TaxRepresentative struct {
	// Name (BT-62).
	Name string `json:"name,omitempty" yaml:"name"`
	// VATID is its VAT identifier (BT-63).
	VATID string `json:"vatId,omitempty" yaml:"vat_id"`
	// Address (BG-12); the country is mandatory.
	Address Address `json:"address,omitzero" yaml:"address"`
}

// Seller is the profile of the party that sends the invoices: everything on
// the page that is the same for all of them. A snapshot of it is kept with
// every invoice, so that a page made weeks later looks as the first one did.
type Seller struct {
	Party `yaml:",inline"`
	// LegalInfo are particulars that the law wants on business letters, such as
	// directors and register (BT-33).
	LegalInfo string `json:"legalInfo,omitempty" yaml:"legal_info"`
	// TaxRepresentative is used if an invoice names none.
	TaxRepresentative TaxRepresentative `json:"taxRepresentative,omitzero" yaml:"tax_representative"`
	// IBAN and BIC are where a bank transfer goes (BT-84, BT-86), if an invoice
	// names no account. The IBAN is kept without spaces.
	IBAN string `json:"iban,omitempty" yaml:"iban"`
	// BIC is described at IBAN.
	BIC string `json:"bic,omitempty" yaml:"bic"`
	// Bank is the name of the bank.
	Bank string `json:"bank,omitempty" yaml:"bank"`
	// Logo is a PNG, JPEG or SVG file, at most MaxLogoBytes.
	Logo []byte `json:"logo,omitempty" yaml:"-"`
	// Language is the BCP 47 language of the page if the invoice names none;
	// empty means English.
	Language string `json:"language,omitempty" yaml:"language"`
	// Currency is the ISO 4217 code used if an invoice names none.
	Currency string `json:"currency,omitempty" yaml:"currency"`
	// PaymentTerms are printed below the totals if the invoice has none (BT-20).
	PaymentTerms string `json:"paymentTerms,omitempty" yaml:"payment_terms"`
	// Footer is printed at the foot of every page.
	Footer string `json:"footer,omitempty" yaml:"footer"`
	// TimeZone is the IANA zone in which the page states deadlines; empty
	// means UTC.
	TimeZone string `json:"timeZone,omitempty" yaml:"time_zone"`
	// Design is how the pages look.
	Design Design `json:"design,omitzero" yaml:"design"`
	// EInvoice is none for PDFs without an embedded e-invoice; empty embeds
	// factur-x.xml.
	EInvoice string `json:"eInvoice,omitempty" yaml:"e_invoice"`
	// Transfer is how the pages help with a bank transfer.
	Transfer Transfer `json:"transfer,omitzero" yaml:"transfer"`
	// Note is printed below the note of every invoice.
	Note string `json:"note,omitempty" yaml:"note"`
	// Fields are further particulars printed with the references, at most
	// MaxFields.
	Fields []Field `json:"fields,omitempty" yaml:"fields"`
	// Texts are the payment terms, note, footer and fields by the language of
	// the page; what one lacks is taken from the profile.
	Texts []LocalTexts `json:"texts,omitempty" yaml:"texts"`
	// Legal names the rules that invoices are held against; empty means those
	// of the seller's country.
	Legal LegalProfile `json:"legal,omitempty" yaml:"legal"`
	// SmallBusiness and CashAccounting hold for all invoices, as the fields of
	// the same names of Invoice do for one.
	SmallBusiness bool `json:"smallBusiness,omitempty" yaml:"small_business"`
	// CashAccounting is described at SmallBusiness.
	CashAccounting bool `json:"cashAccounting,omitempty" yaml:"cash_accounting"`
}

// MaxLogoBytes is the largest logo file that is taken: it travels in a
// message, whose limit is 1 MB by default on a NATS server, as base64.
const MaxLogoBytes = 256 << 10
