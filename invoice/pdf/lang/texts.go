package lang

// Texts is one language.
type Texts struct {
	// Tag is BCP 47; Name is what the language calls itself.
	Tag  string `yaml:"tag"`
	Name string `yaml:"name"`

	// Decimal and Group separate the digits of a number, grouped in threes from
	// GroupFrom digits on. Percent holds {n}.
	Decimal   string `yaml:"decimal"`
	Group     string `yaml:"group"`
	GroupFrom int    `yaml:"group_from"`
	Percent   string `yaml:"percent"`
	// Months are the names in a date, January first. FirstDay is how the first of
	// a month is written, empty if like the others. DateForm holds {day},
	// {month} and {year}; MomentForm {date}, {time} and {zone}; Clock is the time
	// of day as Go's time package writes it.
	Months     [12]string `yaml:"months"`
	FirstDay   string     `yaml:"first_day"`
	DateForm   string     `yaml:"date"`
	MomentForm string     `yaml:"moment"`
	Clock      string     `yaml:"clock"`
	// Minutes, Hours and Days are abbreviations, the same for any number.
	Minutes string `yaml:"minutes"`
	Hours   string `yaml:"hours"`
	Days    string `yaml:"days"`
	// Units of quantities, the same for any number.
	Piece    string `yaml:"piece"`
	Week     string `yaml:"week"`
	Month    string `yaml:"month"`
	Quarter  string `yaml:"quarter"`
	Year     string `yaml:"year"`
	Set      string `yaml:"set"`
	Pair     string `yaml:"pair"`
	Pack     string `yaml:"pack"`
	FlatRate string `yaml:"flat_rate"`

	// The document and its references.
	Invoice         string `yaml:"invoice"`
	InvoiceNo       string `yaml:"invoice_no"`
	InvoiceDate     string `yaml:"invoice_date"`
	CreditNote      string `yaml:"credit_note"`
	CreditNoteNo    string `yaml:"credit_note_no"`
	CreditNoteDate  string `yaml:"credit_note_date"`
	DueDate         string `yaml:"due_date"`
	SupplyDate      string `yaml:"supply_date"`
	Period          string `yaml:"period"`
	OriginalInvoice string `yaml:"original_invoice"`
	CustomerNo      string `yaml:"customer_no"`
	YourReference   string `yaml:"your_reference"`
	YourVATID       string `yaml:"your_vat_id"`
	YourRegNo       string `yaml:"your_reg_no"`
	OrderNo         string `yaml:"order_no"`
	SalesOrder      string `yaml:"sales_order"`
	Contract        string `yaml:"contract"`
	Project         string `yaml:"project"`
	DeliveryNote    string `yaml:"delivery_note"`
	DeliveredTo     string `yaml:"delivered_to"`
	TaxNumber       string `yaml:"tax_number"`
	Contact         string `yaml:"contact"`

	// Further references.
	ReceivingAdvice     string `yaml:"receiving_advice"`
	Tender              string `yaml:"tender"`
	AccountingReference string `yaml:"accounting_reference"`
	TaxPointDate        string `yaml:"tax_point_date"`
	TaxRepresentative   string `yaml:"tax_representative"`

	// The table of lines. Per holds {n}, a number of units.
	Position       string `yaml:"position"`
	Item           string `yaml:"item"`
	Description    string `yaml:"description"`
	Quantity       string `yaml:"quantity"`
	Unit           string `yaml:"unit"`
	UnitPrice      string `yaml:"unit_price"`
	Discount       string `yaml:"discount"`
	VAT            string `yaml:"vat"`
	Amount         string `yaml:"amount"`
	PageSubtotal   string `yaml:"page_subtotal"`
	CarriedForward string `yaml:"carried_forward"`
	BroughtForward string `yaml:"brought_forward"`
	Per            string `yaml:"per"`

	// Sums and the VAT summary.
	LinesTotal   string `yaml:"lines_total"`
	Allowance    string `yaml:"allowance"`
	Charge       string `yaml:"charge"`
	Net          string `yaml:"net"`
	VATTotal     string `yaml:"vat_total"`
	Gross        string `yaml:"gross"`
	Prepaid      string `yaml:"prepaid"`
	Rounding     string `yaml:"rounding"`
	Payable      string `yaml:"payable"`
	Credited     string `yaml:"credited"`
	Balance      string `yaml:"balance"`
	VATSummary   string `yaml:"vat_summary"`
	VATNet       string `yaml:"vat_net"`
	ExchangeRate string `yaml:"exchange_rate"`

	// How and when to pay. Places: PayAt {host}; ValidUntil {moment}; OnceOpened
	// {span}; Renewed and PaidOn {date}; Receipt {number}; AskHowToPay {contact}; Corrects {invoices};
	// EarlyPayment {percent}, {discount}, {date} and {amount}.
	PayOnline     string `yaml:"pay_online"`
	PayAt         string `yaml:"pay_at"`
	Scan          string `yaml:"scan"`
	ValidUntil    string `yaml:"valid_until"`
	OnceOpened    string `yaml:"once_opened"`
	Renewed       string `yaml:"renewed"`
	BankTransfer  string `yaml:"bank_transfer"`
	Bank          string `yaml:"bank"`
	AccountHolder string `yaml:"account_holder"`
	Reference     string `yaml:"reference"`
	AskHowToPay   string `yaml:"ask_how_to_pay"`
	Paid          string `yaml:"paid"`
	PaidOn        string `yaml:"paid_on"`
	Receipt       string `yaml:"receipt"`
	PaidOnline    string `yaml:"paid_online"`
	NothingDue    string `yaml:"nothing_due"`
	PaidInAdvance string `yaml:"paid_in_advance"`
	SetOff        string `yaml:"set_off"`
	Corrects      string `yaml:"corrects"`
	Reason        string `yaml:"reason"`
	Terms         string `yaml:"terms"`
	Note          string `yaml:"note"`
	EarlyPayment  string `yaml:"early_payment"`
	BankCode      string `yaml:"bank_code"`
	BankCodeHint  string `yaml:"bank_code_hint"`
	Test          string `yaml:"test"`
	Sandbox       string `yaml:"sandbox"`

	// Parties and alternative texts. Places: Page {page} and {pages}; LogoAlt
	// {name}; LinkAlt {host}.
	RegNo       string `yaml:"reg_no"`
	VATID       string `yaml:"vat_id"`
	Phone       string `yaml:"phone"`
	Email       string `yaml:"email"`
	Page        string `yaml:"page"`
	LogoAlt     string `yaml:"logo_alt"`
	QRAlt       string `yaml:"qr_alt"`
	LinkAlt     string `yaml:"link_alt"`
	BankCodeAlt string `yaml:"bank_code_alt"`

	// VAT categories in words (UNCL 5305: E, AE, K, G, O).
	Exempt         string `yaml:"exempt"`
	ReverseCharge  string `yaml:"reverse_charge"`
	IntraCommunity string `yaml:"intra_community"`
	Export         string `yaml:"export"`
	OutsideScope   string `yaml:"outside_scope"`

	// What the law wants to be said (Directive 2006/112/EC, article 226); Article
	// holds {n}.
	LawExempt          string `yaml:"law_exempt"`
	LawReverseCharge   string `yaml:"law_reverse_charge"`
	LawIntraCommunity  string `yaml:"law_intra_community"`
	LawExport          string `yaml:"law_export"`
	LawOutsideScope    string `yaml:"law_outside_scope"`
	Article            string `yaml:"article"`
	MarginTravelAgents string `yaml:"margin_travel_agents"`
	MarginSecondHand   string `yaml:"margin_second_hand"`
	MarginArt          string `yaml:"margin_art"`
	MarginCollectors   string `yaml:"margin_collectors"`
	SelfBilling        string `yaml:"self_billing"`
	CashAccounting     string `yaml:"cash_accounting"`
	SmallBusiness      string `yaml:"small_business"`
}
