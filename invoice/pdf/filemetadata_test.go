package pdf_test

import (
	"bytes"
	"encoding/xml"
	"io"
)

// predefined are the schemas that PDF/A knows (ISO 19005-3, 6.6.2.3.1).
var predefined = map[string]bool{nsDC: true, nsXMP: true, nsPDF: true, nsPDFA: true, nsExt: true}

// described are the fields of a description of a schema and its properties
// (ISO 19005-3, tables 3 and 4), without the types of values, which none needs.
var described = map[string]bool{"schema": true, "namespaceURI": true, "prefix": true, "property": true,
	"name": true, "valueType": true, "category": true, "description": true}

func (f *file) packet() []byte { return f.data(f.catalog(), "Metadata") }

// property is one of the metadata, with the text inside of it.
type property struct{ Space, Local, Text string }

// metadata are the properties of the packet.
func (f *file) metadata() ([]property, error) {
	decoder := xml.NewDecoder(bytes.NewReader(f.packet()))
	var all []property
	depth, top := 0, -1
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if t.Name.Space == nsRDF && t.Name.Local == "Description" {
				top = depth
			} else if depth == top+1 {
				all = append(all, property{Space: t.Name.Space, Local: t.Name.Local})
			}
		case xml.CharData:
			if n := len(all); n > 0 && depth > top {
				all[n-1].Text += string(t)
			}
		case xml.EndElement:
			depth--
		}
	}
}

func (f *file) property(space, local string) string {
	if f.properties == nil {
		f.properties, _ = f.metadata()
	}
	for _, p := range f.properties {
		if p.Space == space && p.Local == local {
			return p.Text
		}
	}
	return ""
}

// schema is the description of properties that PDF/A does not know.
type schema struct {
	Title      string `xml:"http://www.aiim.org/pdfa/ns/schema# schema"`
	URI        string `xml:"http://www.aiim.org/pdfa/ns/schema# namespaceURI"`
	Prefix     string `xml:"http://www.aiim.org/pdfa/ns/schema# prefix"`
	Properties []struct {
		Name        string `xml:"http://www.aiim.org/pdfa/ns/property# name"`
		Kind        string `xml:"http://www.aiim.org/pdfa/ns/property# valueType"`
		Category    string `xml:"http://www.aiim.org/pdfa/ns/property# category"`
		Description string `xml:"http://www.aiim.org/pdfa/ns/property# description"`
	} `xml:"property>Seq>li"`
}

func (s schema) names() []string {
	var names []string
	for _, p := range s.Properties {
		names = append(names, p.Name)
	}
	return names
}

func (f *file) schemas() []schema {
	var packet struct {
		Schemas []schema `xml:"RDF>Description>schemas>Bag>li"`
	}
	_ = xml.Unmarshal(f.packet(), &packet) // 6.6.2.1-4
	return packet.Schemas
}
