package invoice

import (
	"slices"
	"strconv"
	"strings"
)

// schemeWords are the names by which people know the lists of ISO 6523, by
// country where one name is several lists. Codes: the CEF code list "ICD".
var schemeWords = map[string]string{
	"SIREN": "0002", "SE:ORGNR": "0007", "SIRET": "0009", "OVT": "0037", "DUNS": "0060", "GLN": "0088", "EAN": "0088",
	"P-NUMBER": "0096", "KVK": "0106", "UID": "0183", "CVR": "0184", "OIN": "0190", "NO:ORGNR": "0192", "UEN": "0195",
	"KENNITALA": "0196", "LEI": "0199", "LEITWEG": "0204", "CODICE FISCALE": "0210", "KBO": "0208", "BCE": "0208", "GTIN": "0160",
}

// vatEndpoints are the lists of electronic addresses that are VAT identifiers,
// by their prefix. Codes: the CEF code list "EAS".
var vatEndpoints = map[string]string{
	"AD": "9922", "AL": "9923", "AT": "9914", "BA": "9924", "BE": "9925", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929",
	"DE": "9930", "DK": "0198", "EE": "9931", "EL": "9933", "ES": "9920", "FI": "0213", "FR": "9957", "GB": "9932", "HR": "9934",
	"HU": "9910", "IE": "9935", "IT": "0211", "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939", "MC": "9940", "ME": "9941",
	"MK": "9942", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "RS": "9948", "SI": "9949", "SK": "9950",
	"SM": "9951", "TR": "9952", "VA": "9953",
}

// easCodes are the lists of electronic addresses (CEF code list "EAS").
var easCodes = strings.Fields(`0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184
	0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217
	0218 0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926
	9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951
	9952 9953 9957 9959 AN AQ AS AU EM`)

// icdOf returns the ISO 6523 code for a scheme given by code or by name, and
// the text itself for one that is not known. The country decides between lists
// of one name.
func icdOf(scheme, country string) string {
	name := strings.ToUpper(strings.TrimSpace(scheme))
	for _, word := range []string{name, country + ":" + name} {
		if code, ok := schemeWords[word]; ok {
			return code
		}
	}
	return name
}

// itemScheme is icdOf for the number of an item: EAN is what GTIN was called, and
// a GTIN needs no word.
func itemScheme(id Identifier) string {
	switch name := strings.ToUpper(strings.TrimSpace(id.Scheme)); {
	case name == "EAN", name == "GTIN", name == "UPC", name == "" && validGTIN(id.ID):
		return gtin
	}
	return icdOf(id.Scheme, "")
}

const gtin = "0160" // ISO 6523

// validGTIN checks the length and the check digit.
func validGTIN(s string) bool {
	return slices.Contains([]int{8, 12, 13, 14}, len(s)) && gs1(s)
}

// easOf is icdOf for an electronic address: VAT is the list of the prefix, and
// an address with an @ and no scheme is an e-mail address.
func easOf(endpoint Identifier, country string) string {
	switch name := strings.ToUpper(strings.TrimSpace(endpoint.Scheme)); {
	case name == "" && strings.Contains(endpoint.ID, "@"), name == "EMAIL", name == "E-MAIL":
		return "EM"
	case name == "VAT" && len(endpoint.ID) > 2:
		if code, ok := vatEndpoints[strings.ToUpper(endpoint.ID[:2])]; ok {
			return code
		}
	}
	return icdOf(endpoint.Scheme, country)
}

// isICD reports whether a code was given out under ISO 6523 (up to 0248).
func isICD(code string) bool {
	n, err := strconv.Atoi(code)
	return err == nil && len(code) == 4 && n >= 2 && n <= 248 && !slices.Contains([]int{92, 103, 181, 182}, n)
}

func isEAS(code string) bool { return slices.Contains(easCodes, code) }

// Reasons of allowances (UNTDID 5189) and charges (UNTDID 7161) that EN 16931
// takes.
var (
	allowanceCodes = strings.Fields(`41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105`)
	chargeCodes    = strings.Fields(`AA AAA AAC AAD AAE AAF AAH AAI AAS AAT AAV AAY AAZ ABA ABB ABC ABD ABF ABK ABL ABN ABR ABS ABT ABU
		ACF ACG ACH ACI ACJ ACK ACL ACM ACS ADC ADE ADJ ADK ADL ADM ADN ADO ADP ADQ ADR ADT ADW ADY ADZ AEA AEB AEC AED AEF AEH AEI AEJ
		AEK AEL AEM AEN AEO AEP AES AET AEU AEV AEW AEX AEY AEZ AJ AU CA CAB CAD CAE CAF CAI CAJ CAK CAL CAM CAN CAO CAP CAQ CAR CAS
		CAT CAU CAV CAW CAX CAY CAZ CD CG CS CT DAB DAD DAC DAF DAG DAH DAI DAJ DAK DAL DAM DAN DAO DAP DAQ DL EG EP ER FAA FAB FAC FC
		FH FI GAA HAA HD HH IAA IAB ID IF IR IS KO L1 LA LAA LAB LF MAE MI ML NAA OA PA PAA PC PL PRV RAB RAC RAD RAF RE RF RH RV SA
		SAA SAD SAE SAI SG SH SM SU TAB TAC TT TV V1 V2 WH XAA YY ZZZ`)
)

// vatexCodes are the reasons for charging no VAT (CEF code list "VATEX").
var vatexCodes = strings.Fields(`VATEX-EU-79-C VATEX-EU-132 VATEX-EU-132-1A VATEX-EU-132-1B VATEX-EU-132-1C VATEX-EU-132-1D
	VATEX-EU-132-1E VATEX-EU-132-1F VATEX-EU-132-1G VATEX-EU-132-1H VATEX-EU-132-1I VATEX-EU-132-1J VATEX-EU-132-1K VATEX-EU-132-1L
	VATEX-EU-132-1M VATEX-EU-132-1N VATEX-EU-132-1O VATEX-EU-132-1P VATEX-EU-132-1Q VATEX-EU-135-1 VATEX-EU-143 VATEX-EU-143-1A
	VATEX-EU-143-1B VATEX-EU-143-1C VATEX-EU-143-1D VATEX-EU-143-1E VATEX-EU-143-1F VATEX-EU-143-1FA VATEX-EU-143-1G
	VATEX-EU-143-1H VATEX-EU-143-1I VATEX-EU-143-1J VATEX-EU-143-1K VATEX-EU-143-1L VATEX-EU-144 VATEX-EU-146-1E VATEX-EU-148
	VATEX-EU-148-A VATEX-EU-148-B VATEX-EU-148-C VATEX-EU-148-D VATEX-EU-148-E VATEX-EU-148-F VATEX-EU-148-G VATEX-EU-151
	VATEX-EU-151-1A VATEX-EU-151-1AA VATEX-EU-151-1B VATEX-EU-151-1C VATEX-EU-151-1D VATEX-EU-151-1E VATEX-EU-153 VATEX-EU-159
	VATEX-EU-309 VATEX-EU-AE VATEX-EU-D VATEX-EU-F VATEX-EU-G VATEX-EU-I VATEX-EU-IC VATEX-EU-J VATEX-EU-O VATEX-FR-298SEXDECIESA
	VATEX-FR-AE VATEX-FR-CGI261-1 VATEX-FR-CGI261-2 VATEX-FR-CGI261-3 VATEX-FR-CGI261-4 VATEX-FR-CGI261-5 VATEX-FR-CGI261-7
	VATEX-FR-CGI261-8 VATEX-FR-CGI261A VATEX-FR-CGI261B VATEX-FR-CGI261C-1 VATEX-FR-CGI261C-2 VATEX-FR-CGI261C-3
	VATEX-FR-CGI261D-1 VATEX-FR-CGI261D-1BIS VATEX-FR-CGI261D-2 VATEX-FR-CGI261D-3 VATEX-FR-CGI261D-4 VATEX-FR-CGI261E-1
	VATEX-FR-CGI261E-2 VATEX-FR-CGI275 VATEX-FR-CGI277A VATEX-FR-CGI295 VATEX-FR-CNWVAT VATEX-FR-FRANCHISE`)

// Register is the ISO 6523 code of the register that gave out RegistrationNo:
// the stated one, else that of a country whose businesses have one number, if
// the number has its form; "" if neither says.
func (p Party) Register() string {
	country := p.Address.Country
	if p.RegistrationScheme != "" {
		return icdOf(p.RegistrationScheme, country)
	}
	plain := strings.ReplaceAll(p.RegistrationNo, " ", "")
	r, known := registers[country]
	if !known || !digits(plain) || len(plain) != r.digits {
		return ""
	}
	return r.code
}

// Identification is GlobalID with its list as a code of ISO 6523 (BT-29, BT-46).
func (p Party) Identification() Identifier {
	return Identifier{Scheme: icdOf(p.GlobalID.Scheme, p.Address.Country), ID: p.GlobalID.ID}
}

var registers = map[string]struct {
	code   string
	digits int
}{"BE": {"0208", 10}, "DK": {"0184", 8}, "FR": {"0002", 9}, "NL": {"0106", 8}, "NO": {"0192", 9}, "SE": {"0007", 10}}

// ElectronicAddress is where an e-invoice can be sent (BT-34, BT-49): the stated
// endpoint, else the number by which the party's country addresses businesses,
// else the e-mail address; zero if there is none.
func (p Party) ElectronicAddress() Identifier {
	if p.Endpoint.ID != "" {
		return Identifier{Scheme: easOf(p.Endpoint, p.Address.Country), ID: p.Endpoint.ID}
	}
	if register := p.Register(); register != "" && p.RegistrationNo != "" && isEAS(register) {
		return Identifier{Scheme: register, ID: strings.ReplaceAll(p.RegistrationNo, " ", "")}
	}
	vat := PlainVATID(p.VATID)
	if len(vat) > 2 {
		switch number := strings.TrimSuffix(strings.TrimSuffix(vat[2:], "MVA"), "01"); {
		case vat[:2] == "SE" && len(vat) == 14: // the organisation number and 01
			return Identifier{Scheme: "0007", ID: number}
		case vat[:2] == "NO" && len(vat) >= 11:
			return Identifier{Scheme: "0192", ID: vat[2:11]}
		case vat[:2] == "FI" && len(vat) == 10: // OVT: 0037 and the business id; Peppol does not take 0213
			return Identifier{Scheme: "0216", ID: "0037" + number}
		}
		if code, known := vatEndpoints[vat[:2]]; known {
			return Identifier{Scheme: code, ID: vat}
		}
	}
	if p.Email != "" {
		return Identifier{Scheme: "EM", ID: p.Email}
	}
	return Identifier{}
}
