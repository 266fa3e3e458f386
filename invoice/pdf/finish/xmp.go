package finish

import (
	"bytes"
	"encoding/xml"
	"time"
)

// metadata writes the XMP packet (ISO 19005-3, 6.6), which is never
// compressed: level A of part 3, part 1 of PDF/UA, and what is embedded, each
// property of a schema that PDF/A does not know described by it.
func (f *file) metadata() int {
	at := f.reserve()
	f.stream(at, "/Type/Metadata/Subtype/XML", f.xmp())
	return at
}

func (f *file) xmp() []byte {
	var b bytes.Buffer
	b.Grow(4 << 10)
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n")
	text := func(s string) string {
		var t bytes.Buffer
		_ = xml.EscapeText(&t, []byte(s)) // a buffer takes everything
		return t.String()
	}
	description := func(namespaces, properties string) {
		b.WriteString(`<rdf:Description rdf:about=""` + namespaces + ">" + properties + "</rdf:Description>\n")
	}
	description(` xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"`,
		"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>")
	description(` xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"`, "<pdfuaid:part>1</pdfuaid:part>")
	core := `<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + text(f.Title) +
		`</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>` + text(f.Language) + `</rdf:li></rdf:Bag></dc:language>`
	if f.Author != "" {
		core += "<dc:creator><rdf:Seq><rdf:li>" + text(f.Author) + "</rdf:li></rdf:Seq></dc:creator>"
	}
	if f.Subject != "" {
		core += `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">` + text(f.Subject) + "</rdf:li></rdf:Alt></dc:description>"
	}
	description(` xmlns:dc="http://purl.org/dc/elements/1.1/"`, core)
	date := f.Created.UTC().Format(time.RFC3339)
	description(` xmlns:xmp="http://ns.adobe.com/xap/1.0/"`, "<xmp:CreatorTool>"+Producer+"</xmp:CreatorTool><xmp:CreateDate>"+date+
		"</xmp:CreateDate><xmp:ModifyDate>"+date+"</xmp:ModifyDate><xmp:MetadataDate>"+date+"</xmp:MetadataDate>")
	description(` xmlns:pdf="http://ns.adobe.com/pdf/1.3/"`, "<pdf:Producer>"+Producer+"</pdf:Producer>")
	schemas := uaSchema
	if len(f.FacturX) > 0 {
		description(` xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"`,
			"<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>"+facturXName+
				"</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>")
		schemas += fxSchema
	}
	description(` xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"`+
		` xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"`,
		"<pdfaExtension:schemas><rdf:Bag>"+schemas+"</rdf:Bag></pdfaExtension:schemas>")
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return b.Bytes()
}

// The descriptions of the two schemas that PDF/A does not define (ISO 19005-3,
// 6.6.2.3.3).
var (
	uaSchema = schema("PDF/UA identification", "http://www.aiim.org/pdfua/ns/id/", "pdfuaid",
		property{"part", "Integer", "internal", "Part of ISO 14289"})
	fxSchema = schema("Factur-X PDF/A extension schema", "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#", "fx",
		property{"DocumentFileName", "Text", "external", "Name of the embedded XML file"},
		property{"DocumentType", "Text", "external", "INVOICE"},
		property{"Version", "Text", "external", "Version of the Factur-X data"},
		property{"ConformanceLevel", "Text", "external", "Profile of the Factur-X data"})
)

type property struct{ name, kind, category, description string }

func schema(title, uri, prefix string, properties ...property) string {
	s := `<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>` + title + "</pdfaSchema:schema><pdfaSchema:namespaceURI>" + uri +
		"</pdfaSchema:namespaceURI><pdfaSchema:prefix>" + prefix + "</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
	for _, p := range properties {
		s += `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>` + p.name + "</pdfaProperty:name><pdfaProperty:valueType>" + p.kind +
			"</pdfaProperty:valueType><pdfaProperty:category>" + p.category + "</pdfaProperty:category><pdfaProperty:description>" +
			p.description + "</pdfaProperty:description></rdf:li>"
	}
	return s + "</rdf:Seq></pdfaSchema:property></rdf:li>"
}
