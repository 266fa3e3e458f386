package pdf_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// archiveClauses are the rules of PDF/A-3a (ISO 19005-3) that the writer could
// break.
var archiveClauses = []clause{
	{"A 6.1.2-1, UA 6.1-1", func(f *file, r *report) {
		r.wrong(!regexp.MustCompile(`\A%PDF-1\.[0-7]\n`).Match(f.raw), "file begins with %q", f.raw[:10])
	}},
	{"A 6.1.2-2", func(f *file, r *report) {
		_, comment, _ := bytes.Cut(f.raw[:30], []byte("\n"))
		r.wrong(comment[0] != '%', "the second line is no comment")
		for _, b := range comment[1:5] {
			r.wrong(b < 128, "the comment has the byte %#x, want four above 127", b)
		}
	}},
	{"A 6.1.3-1", func(f *file, r *report) {
		id := f.list(f.trailer, "ID")
		r.wrong(len(id) != 2 || id[0] != id[1] || len(fmt.Sprint(id...)) < 32, "ID is %q, want 16 bytes twice", id)
	}},
	{"A 6.1.3-2", func(f *file, r *report) { r.wrong(f.trailer["Encrypt"] != nil, "file is encrypted") }},
	{"A 6.1.3-3", func(f *file, r *report) {
		r.wrong(!bytes.HasSuffix(f.raw, []byte("\n%%EOF\n")), "file ends with %q", f.raw[len(f.raw)-10:])
	}},
	{"A 6.1.6-1", faults("6.1.6-1")}, {"A 6.1.6-2", faults("6.1.6-2")},
	{"A 6.1.7.1-1", faults("6.1.7.1-1")}, {"A 6.1.7.1-2", faults("6.1.7.1-2")}, {"A 6.1.9-1", faults("6.1.9-1")},
	{"A 6.1.7.1-3", func(f *file, r *report) {
		for n, s := range f.streams() {
			r.wrong(s.dict["F"] != nil || s.dict["FFilter"] != nil || s.dict["FDecodeParms"] != nil, "stream %d is outside of the file", n)
		}
	}},
	{"A 6.1.7.2-1", func(f *file, r *report) {
		for n, s := range f.streams() {
			filter := s.dict["Filter"]
			r.wrong(filter != nil && filter != name("FlateDecode") && filter != name("DCTDecode"), "stream %d has the filter %v", n, filter)
		}
	}},
	{"A 6.1.8-1", func(f *file, r *report) {
		f.each(func(v any) {
			if n, is := v.(name); is {
				r.wrong(!utf8.ValidString(string(n)), "name %q is not UTF-8", n)
			}
		})
	}},
	{"A 6.1.13-1", func(f *file, r *report) {
		f.each(func(v any) {
			if n, is := v.(int); is {
				r.wrong(n > 1<<31-1 || n < -1<<31, "%d is too large", n)
			}
		})
	}},
	{"A 6.1.13-2, 6.1.13-5", func(f *file, r *report) {
		f.each(func(v any) {
			if x, is := v.(float64); is && x != 0 {
				r.wrong(math.Abs(x) > 3.403e38 || math.Abs(x) < 1.175e-38, "%g is no single-precision number", x)
			}
		})
	}},
	{"A 6.1.13-3", func(f *file, r *report) {
		f.each(func(v any) {
			if s, is := v.(string); is {
				r.wrong(len(s) > 32767, "a string has %d bytes", len(s))
			}
		})
	}},
	{"A 6.1.13-4", func(f *file, r *report) {
		f.each(func(v any) {
			if n, is := v.(name); is {
				r.wrong(len(n) > 127, "a name has %d bytes", len(n))
			}
		})
	}},
	{"A 6.1.13-8", func(f *file, r *report) {
		for i, c := range f.contents() {
			r.wrong(c.deepest > 28, "page %d nests %d states", i+1, c.deepest)
		}
	}},
	{"A 6.1.13-11", func(f *file, r *report) {
		box := f.list(f.catalog(), "Pages", "MediaBox")
		for _, v := range box[min(2, len(box)):] {
			side, _ := v.(float64)
			if n, is := v.(int); is {
				side = float64(n)
			}
			r.wrong(side < 3 || side > 14400, "a page is %v points long", v)
		}
		r.wrong(len(box) != 4, "pages have no size")
	}},
	{"A 6.2.2-1", func(f *file, r *report) {
		for i, c := range f.contents() {
			for op := range c.operators {
				r.wrong(!known[op], "page %d has the operator %s", i+1, op)
			}
		}
	}},
	{"A 6.2.2-2", func(f *file, r *report) {
		for i, p := range f.pages() {
			r.wrong(f.dict(p)["Resources"] == nil, "page %d has no resources of its own", i+1)
		}
	}},
	{"A 6.2.3-1", func(f *file, r *report) {
		profile := f.data(f.intent(), "DestOutputProfile")
		if len(profile) < 128 {
			r.add("the output intent has no profile")
			return
		}
		r.wrong(int(binary.BigEndian.Uint32(profile)) != len(profile) || string(profile[12:20]) != "mntrRGB " || string(profile[36:40]) != "acsp" || profile[8] > 4,
			"profile of %d bytes begins with %q", len(profile), profile[:40])
		r.wrong(f.number(f.intent(), "DestOutputProfile", "N") != 3, "the profile of RGB has not 3 components")
	}},
	{"A 6.2.3-2, 6.2.3-3", func(f *file, r *report) {
		r.wrong(len(f.list(f.catalog(), "OutputIntents")) > 1, "there are several output intents")
		r.wrong(f.get(f.intent(), "DestOutputProfileRef") != nil, "the profile is outside of the file")
	}},
	{"A 6.2.4.3-2", func(f *file, r *report) {
		used := f.uses("rg", "RG") || slices.ContainsFunc(f.images(), func(s *stream) bool { return s.dict["ColorSpace"] == name("DeviceRGB") })
		r.wrong(used && f.name(f.intent(), "S") != "GTS_PDFA1", "DeviceRGB is used without an output intent")
	}},
	{"A 6.2.4.3-3", func(f *file, r *report) {
		r.wrong(f.uses("k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh"), "another colour space than gray and RGB is used")
		for _, s := range f.images() {
			space := fmt.Sprint(s.dict["ColorSpace"])
			r.wrong(strings.Contains(space, "CMYK"), "an image is in %s", space)
		}
	}},
	{"A 6.2.4.3-4", func(f *file, r *report) {
		r.wrong(!f.uses("g", "G"), "no text is in black ink")
		r.wrong(f.name(f.intent(), "S") != "GTS_PDFA1", "DeviceGray is used without an output intent")
	}},
	{"A 6.2.5-1, 6.2.10-1", func(f *file, r *report) {
		r.wrong(f.uses("gs"), "the graphics state is set from a dictionary")
		f.eachDict(func(d dict) { r.wrong(d["Type"] == name("ExtGState"), "there is %v", d) })
	}},
	{"A 6.2.6-1", func(f *file, r *report) { r.wrong(f.uses("ri"), "a rendering intent is set") }},
	{"A 6.2.8-1", without(isImage, "Alternates")}, {"A 6.2.8-2", without(isImage, "OPI")}, {"A 6.2.8-3", without(isImage, "Interpolate")},
	{"A 6.2.8-4", func(f *file, r *report) {
		for _, s := range f.images() {
			r.wrong(s.dict["BitsPerComponent"] != 8 && s.dict["BitsPerComponent"] != 1, "an image has %v bits", s.dict["BitsPerComponent"])
		}
	}},
	{"A 6.2.9-1, 6.2.9-2, 6.2.9-3, UA 7.20-1", func(f *file, r *report) {
		for n, s := range f.streams() {
			r.wrong(s.dict["Type"] == name("XObject") && s.dict["Subtype"] != name("Image"), "object %d is %v", n, s.dict["Subtype"])
		}
	}},
	// Transparency is allowed; this page promises to have none.
	{"A 6.2.10-2", func(f *file, r *report) {
		f.eachDict(func(d dict) { r.wrong(d["SMask"] != nil || d["Group"] != nil, "there is transparency: %v", d) })
	}},
	{"A 6.2.11.2-1", eachFont(func(f *file, o *fontObject, r *report) {
		r.wrong(o.dict["Type"] != name("Font"), "type %v", o.dict["Type"])
	})},
	{"A 6.2.11.2-2, 6.2.11.2-7", eachFont(func(f *file, o *fontObject, r *report) {
		program := f.get(o.dict, "FontDescriptor", "FontFile2", "Subtype")
		r.wrong(o.dict["Subtype"] != name("TrueType") || program != nil, "subtype %v, of the program %v", o.dict["Subtype"], program)
	})},
	{"A 6.2.11.2-3", eachFont(func(f *file, o *fontObject, r *report) {
		base := f.name(o.dict, "BaseFont")
		r.wrong(!regexp.MustCompile(`\A[A-Z]{6}\+.`).MatchString(string(base)), "subset with the name %q", base)
		r.wrong(f.name(o.dict, "FontDescriptor", "FontName") != base, "the descriptor is of %s", f.name(o.dict, "FontDescriptor", "FontName"))
	})},
	{"A 6.2.11.2-4, 6.2.11.2-5, 6.2.11.2-6", eachFont(func(f *file, o *fontObject, r *report) {
		r.wrong(len(o.widths) != f.number(o.dict, "LastChar")-o.first+1 || len(o.widths) == 0, "%d widths from %d to %d", len(o.widths), o.first, f.number(o.dict, "LastChar"))
	})},
	{"A 6.2.11.4.1-1, UA 7.21.4.1-1", eachFont(func(f *file, o *fontObject, r *report) { r.wrong(o.program == nil, "not embedded") })},
	{"A 6.2.11.4.1-2, 6.2.11.8-1, UA 7.21.4.1-2, 7.21.8-1", eachFont(func(f *file, o *fontObject, r *report) {
		for _, code := range o.codes {
			r.wrong(o.glyph(code) == 0, "code %#x has no glyph", code)
		}
	})},
	{"A 6.2.11.4.2-1, UA 7.21.4.2-1", without(isDescriptor, "CharSet")}, {"A 6.2.11.4.2-2, UA 7.21.4.2-2", without(isDescriptor, "CIDSet")},
	{"A 6.2.11.5-1, UA 7.21.5-1", eachFont(func(f *file, o *fontObject, r *report) {
		for _, code := range o.codes {
			at := int(code) - o.first
			if at < 0 || at >= len(o.widths) {
				r.add("code %#x has no width", code)
				continue
			}
			got, want := f.number(o.widths[at]), o.advance(code)
			r.wrong(got-want > 1 || want-got > 1, "code %#x is %d wide, in the program %d", code, got, want)
		}
	})},
	{"A 6.2.11.6-1, 6.2.11.6-2, UA 7.21.6-1, 7.21.6-2", eachFont(func(f *file, o *fontObject, r *report) {
		flags := f.number(o.dict, "FontDescriptor", "Flags")
		r.wrong(flags&4 == 0 || flags&32 != 0, "flags are %d, want a symbolic font (4, not 32)", flags)
	})},
	{"A 6.2.11.6-3, UA 7.21.6-3", eachFont(func(f *file, o *fontObject, r *report) {
		r.wrong(o.dict["Encoding"] != nil, "a symbolic font has the encoding %v", o.dict["Encoding"])
	})},
	{"A 6.2.11.6-4, UA 7.21.6-4", eachFont(func(f *file, o *fontObject, r *report) {
		maps := o.maps()
		r.wrong(len(maps) != 1 || maps[0] != [2]uint16{3, 0}, "character maps are %v, want (3, 0) alone", maps)
	})},
	{"A 6.2.11.7.2-1, UA 7.21.7-1", eachFont(func(f *file, o *fontObject, r *report) {
		for _, code := range o.codes {
			r.wrong(o.unicode[code] == "", "code %#x has no character", code)
		}
	})},
	{"A 6.2.11.7.2-2, UA 7.21.7-2", eachFont(func(f *file, o *fontObject, r *report) {
		for code, s := range o.unicode {
			r.wrong(strings.ContainsAny(s, "\x00\uFEFF\uFFFE"), "code %#x is %q", code, s)
		}
	})},
	{"A 6.2.11.7.3-1", eachFont(func(f *file, o *fontObject, r *report) {
		for code, s := range o.unicode {
			r.wrong(strings.ContainsFunc(s, func(c rune) bool { return c >= 0xE000 && c <= 0xF8FF }), "code %#x is %q, of a private use area", code, s)
		}
	})},
	{"A 6.3.1-1, 6.3.3-1, UA 7.18.1-1", eachAnnotation(func(f *file, d dict, r *report) { r.wrong(d["Subtype"] != name("Link"), "a %v", d["Subtype"]) })},
	{"A 6.3.2-1", eachAnnotation(func(f *file, d dict, r *report) { r.wrong(d["F"] == nil, "no flags") })},
	{"A 6.3.2-2", eachAnnotation(func(f *file, d dict, r *report) {
		r.wrong(f.number(d, "F") != 4, "flags %v, want to be printed and nothing else", d["F"])
	})},
	{"A 6.3.3-2, 6.3.3-3, 6.3.3-4", eachAnnotation(func(f *file, d dict, r *report) { r.wrong(d["AP"] != nil, "has an appearance") })},
	{"A 6.5.1-1", func(f *file, r *report) {
		f.eachDict(func(d dict) {
			if d["Type"] == name("Action") || d["URI"] != nil || d["JS"] != nil {
				r.wrong(d["S"] != name("URI"), "there is the action %v", d)
			}
		})
	}},
	{"A 6.4.2-1, UA 7.15-1", absent("AcroForm")}, {"A 6.4.2-2", absent("NeedsRendering")}, {"A 6.5.2-1", absent("AA", "OpenAction")},
	{"A 6.9-1, UA 7.10-1", absent("OCProperties")}, {"A 6.11-1", absent("Requirements")}, {"A 6.1.12-1", absent("Perms")},
	{"A 6.10-1", func(f *file, r *report) {
		names := f.dict(f.catalog(), "Names")
		r.wrong(names["AlternatePresentations"] != nil || names["JavaScript"] != nil, "names are %v", names)
	}},
	{"A 6.5.2-2, 6.10-2", func(f *file, r *report) {
		for i, p := range f.pages() {
			r.wrong(f.dict(p)["AA"] != nil || f.dict(p)["PresSteps"] != nil, "page %d is %v", i+1, p)
		}
	}},
	{"A 6.6.2.1-1, UA 7.1-8", func(f *file, r *report) {
		d := f.dict(f.catalog(), "Metadata")
		r.wrong(d["Type"] != name("Metadata") || d["Subtype"] != name("XML"), "metadata is %v", d)
		r.wrong(d["Filter"] != nil, "metadata is compressed: who only searches for it does not find it")
	}},
	{"A 6.6.2.1-2, 6.6.2.1-3", func(f *file, r *report) {
		header, _, _ := bytes.Cut(f.packet(), []byte("?>"))
		r.wrong(!bytes.HasPrefix(header, []byte("<?xpacket begin=\"\uFEFF\" ")), "packet begins with %q", header)
		r.wrong(bytes.Contains(header, []byte("bytes=")) || bytes.Contains(header, []byte("encoding=")), "header is %q", header)
	}},
	{"A 6.6.2.1-4", func(f *file, r *report) {
		_, err := f.metadata()
		r.wrong(err != nil, "packet is not XML: %v", err)
	}},
	{"A 6.6.2.1-5", func(f *file, r *report) { r.wrong(!utf8.Valid(f.packet()), "packet is not UTF-8") }},
	{"A 6.6.2.3.1-1", func(f *file, r *report) {
		meta, _ := f.metadata()
		for _, p := range meta {
			r.wrong(!predefined[p.Space] && !slices.ContainsFunc(f.schemas(), func(s schema) bool { return s.URI == p.Space && slices.Contains(s.names(), p.Local) }),
				"the property %s of %s is not described", p.Local, p.Space)
		}
	}},
	{"A 6.6.2.3.1-2", func(f *file, r *report) {
		for _, want := range []string{`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">`, "<dc:creator><rdf:Seq><rdf:li>", "<dc:language><rdf:Bag><rdf:li>"} {
			r.wrong(!bytes.Contains(f.packet(), []byte(want)), "no %s", want)
		}
		for _, key := range []string{"CreateDate", "ModifyDate", "MetadataDate"} {
			_, err := time.Parse(time.RFC3339, f.property(nsXMP, key))
			r.wrong(err != nil, "%s: %v", key, err)
		}
	}},
	{"A 6.6.2.3.2-1, 6.6.2.3.3-6", func(f *file, r *report) {
		for _, field := range regexp.MustCompile(`<pdfa(?:Schema|Property):(\w+)`).FindAllSubmatch(f.packet(), -1) {
			r.wrong(!described[string(field[1])], "a description has the field %s", field[1])
		}
	}},
	{"A 6.6.2.3.3-1", func(f *file, r *report) { r.wrong(len(f.schemas()) == 0, "no schema is described") }},
	{"A 6.6.2.3.3-2, 6.6.2.3.3-3, 6.6.2.3.3-4, 6.6.2.3.3-5", func(f *file, r *report) {
		for _, s := range f.schemas() {
			r.wrong(s.Title == "" || s.URI == "" || s.Prefix == "" || len(s.Properties) == 0, "schema %+v lacks something", s)
		}
	}},
	{"A 6.6.2.3.3-7, 6.6.2.3.3-8, 6.6.2.3.3-9, 6.6.2.3.3-10", func(f *file, r *report) {
		for _, s := range f.schemas() {
			for _, p := range s.Properties {
				r.wrong(p.Name == "" || p.Kind != "Text" && p.Kind != "Integer" || p.Category != "external" && p.Category != "internal" || p.Description == "", "property %+v lacks something", p)
			}
		}
	}},
	{"A 6.6.3", func(f *file, r *report) { // the metadata says what the information dictionary says
		info := f.dict(f.trailer, "Info")
		for key, want := range map[name]string{
			"Title": f.property(nsDC, "title"), "Author": f.property(nsDC, "creator"), "Subject": f.property(nsDC, "description"),
			"Creator": f.property(nsXMP, "CreatorTool"), "Producer": f.property(nsPDF, "Producer"),
		} {
			r.wrong(f.text(info, key) != want, "/%s is %q, in the metadata %q", key, f.text(info, key), want)
		}
		for key, want := range map[name]string{"CreationDate": "CreateDate", "ModDate": "ModifyDate"} {
			a, err := time.Parse("D:20060102150405Z", f.text(info, key))
			b, _ := time.Parse(time.RFC3339, f.property(nsXMP, want))
			r.wrong(err != nil || !a.Equal(b), "/%s is %q, in the metadata %v", key, f.text(info, key), b)
		}
	}},
	{"A 6.6.4-1, 6.6.4-2", func(f *file, r *report) {
		r.wrong(f.property(nsPDFA, "part") != "3", "part %q", f.property(nsPDFA, "part"))
	}},
	{"A 6.6.4-3", func(f *file, r *report) {
		r.wrong(f.property(nsPDFA, "conformance") != "A", "level %q", f.property(nsPDFA, "conformance"))
	}},
	{"A 6.6.4-4, 6.6.4-5", func(f *file, r *report) {
		r.wrong(!bytes.Contains(f.packet(), []byte("<pdfaid:part>")) || !bytes.Contains(f.packet(), []byte("<pdfaid:conformance>")), "other prefix than pdfaid")
	}},
	{"A 6.6.4-6, 6.6.4-7, UA 5-4, 5-5", func(f *file, r *report) {
		for _, space := range []string{nsPDFA, nsUA} {
			r.wrong(f.property(space, "amd") != "" || f.property(space, "corr") != "", "an amendment of %s is named", space)
		}
	}},
	{"A 6.8-1", eachFile(func(f *file, spec any, r *report) {
		r.wrong(f.name(spec, "EF", "F", "Subtype") != "text/xml", "its type is %s", f.name(spec, "EF", "F", "Subtype"))
	})},
	{"A 6.8-2, UA 7.11-1", eachFile(func(f *file, spec any, r *report) {
		r.wrong(f.text(spec, "F") != "factur-x.xml" || f.text(spec, "UF") != "factur-x.xml", "its name is %q and %q", f.text(spec, "F"), f.text(spec, "UF"))
	})},
	{"A 6.8-3", eachFile(func(f *file, spec any, r *report) {
		r.wrong(f.name(spec, "AFRelationship") != "Alternative", "its relationship is %q", f.name(spec, "AFRelationship"))
	})},
	{"A 6.8-4", eachFile(func(f *file, spec any, r *report) {
		r.wrong(!slices.Contains(f.list(f.catalog(), "AF"), spec), "the document does not say that it belongs to it")
	})},
	{"A 6.8", eachFile(func(f *file, spec any, r *report) {
		d := f.dict(spec, "EF", "F", "Params")
		_, err := time.Parse("D:20060102150405Z", f.text(d, "ModDate"))
		r.wrong(err != nil, "no date: %v", err)
		r.wrong(f.number(d, "Size") != len(f.data(spec, "EF", "F")), "its size is %v, it has %d bytes", d["Size"], len(f.data(spec, "EF", "F")))
		ef := f.dict(spec, "EF")
		r.wrong(ef["F"] != ef["UF"], "F and UF are two files")
	})},
	{"Factur-X 1.0, metadata", func(f *file, r *report) {
		want := map[string]string{"DocumentType": "", "DocumentFileName": "", "Version": "", "ConformanceLevel": ""}
		if len(f.files()) > 0 {
			want = map[string]string{"DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml", "Version": "1.0", "ConformanceLevel": "EN 16931"}
		}
		for key, value := range want {
			r.wrong(f.property(nsFX, key) != value, "%s is %q, want %q", key, f.property(nsFX, key), value)
		}
	}},
	{"Factur-X 1.0, file", func(f *file, r *report) {
		for _, spec := range f.files() {
			r.wrong(!bytes.Contains(f.data(spec, "EF", "F"), []byte("<rsm:CrossIndustryInvoice")), "the file is no CII invoice")
		}
		r.wrong(len(f.files()) != len(f.list(f.catalog(), "AF")) || len(f.files()) > 1, "%d files, %d of them associated", len(f.files()), len(f.list(f.catalog(), "AF")))
	}},
	{"ISO 32000-1 9.10.3", eachFont(func(f *file, o *fontObject, r *report) {
		cmap := string(f.data(o.dict, "ToUnicode"))
		r.wrong(!strings.Contains(cmap, "1 begincodespacerange\n<00> <FF>\nendcodespacerange"), "codes are not one byte")
		for _, block := range regexp.MustCompile(`(?s)(\d+) beginbfchar\n(.*?)endbfchar`).FindAllStringSubmatch(cmap, -1) {
			entries := strings.Count(block[2], "\n")
			r.wrong(block[1] != fmt.Sprint(entries) || entries > 100, "a block says that it has %s entries and has %d, at most 100", block[1], entries)
		}
	})},
}

// faults are what the parser found.
func faults(rule string) func(*file, *report) {
	return func(f *file, r *report) { *r = append(*r, f.faults[rule]...) }
}

// absent holds that the catalog lacks keys.
func absent(keys ...name) func(*file, *report) {
	return func(f *file, r *report) {
		for _, key := range keys {
			r.wrong(f.catalog()[key] != nil, "the catalog has /%s", key)
		}
	}
}

// without holds that dictionaries of a kind lack a key, or have it false.
func without(kind func(dict) bool, key name) func(*file, *report) {
	return func(f *file, r *report) {
		f.eachDict(func(d dict) { r.wrong(kind(d) && d[key] != nil && d[key] != false, "%v has /%s", d["Type"], key) })
	}
}

func isImage(d dict) bool      { return d["Subtype"] == name("Image") }
func isDescriptor(d dict) bool { return d["Type"] == name("FontDescriptor") }

func eachFont(check func(*file, *fontObject, *report)) func(*file, *report) {
	return func(f *file, r *report) {
		fonts := f.fonts()
		r.wrong(len(fonts) == 0, "there are no fonts")
		for n, o := range fonts {
			var found report
			check(f, o, &found)
			for _, s := range found {
				r.add("font %s: %s", n, s)
			}
		}
	}
}

func eachAnnotation(check func(*file, dict, *report)) func(*file, *report) {
	return func(f *file, r *report) {
		for i, p := range f.pages() {
			for _, a := range f.list(p, "Annots") {
				var found report
				check(f, f.dict(a), &found)
				for _, s := range found {
					r.add("page %d, annotation %v: %s", i+1, a, s)
				}
			}
		}
	}
}

func eachFile(check func(*file, any, *report)) func(*file, *report) {
	return func(f *file, r *report) {
		for _, spec := range f.files() {
			check(f, spec, r)
		}
	}
}
