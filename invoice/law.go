package invoice

// LegalProfile names the rules that an invoice is held against.
type LegalProfile string

// The legal profiles. A seller without one has that of its country.
const (
	LegalEU   LegalProfile = "eu"   // EN 16931 and Directive 2006/112/EC
	LegalDE   LegalProfile = "de"   // and the German UStG
	LegalDK   LegalProfile = "dk"   // and the Danish momsbekendtgørelse
	LegalNone LegalProfile = "none" // none of them
)

var legalProfiles = []LegalProfile{LegalEU, LegalDE, LegalDK, LegalNone}
