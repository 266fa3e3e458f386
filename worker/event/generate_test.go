package event_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

var update = flag.Bool("update", false, "write generated files and expected problems anew")

// verb is the part of a type that names subject and schema.
func verb(t event.Type) string { return strings.Split(string(t), ".")[2] }

func allTypes() []event.Type {
	return slices.Sorted(func(yield func(event.Type) bool) {
		for t := range maps.Values(event.Incoming) {
			if !yield(t) {
				return
			}
		}
		for t := range event.Outgoing {
			if !yield(t) {
				return
			}
		}
	})
}

func TestSchemasAreMadeFromTheTypes(t *testing.T) {
	t.Parallel()
	for _, typ := range allTypes() {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(schemaOf(t, typ)); err != nil {
			t.Fatal(err)
		}
		compare(t, "schema/"+verb(typ)+".json", b.Bytes())
	}
	files, err := fs.Glob(event.Schemas(), "schema/*.json")
	if err != nil || len(files) != len(allTypes()) {
		t.Errorf("found %d schemas for %d types (%v): %q", len(files), len(allTypes()), err, files)
	}
}

// compare holds a generated file against the embedded one.
func compare(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := fs.ReadFile(event.Schemas(), name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not what the types give; run the tests of this package with -update and read the difference", name)
	}
}

func schemaOf(t *testing.T, typ event.Type) *jsonschema.Schema {
	t.Helper()
	payloads := map[event.Type]any{
		event.TypeRequested: event.Requested{}, event.TypeRenew: event.Renew{},
		event.TypePaid: event.Paid{}, event.TypeCancelled: event.Cancelled{},
	}
	payload, in := payloads[typ]
	if !in {
		payload = event.Status{}
	}
	r := &jsonschema.Reflector{
		Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: true,
		Mapper: scalar, LookupComment: comments(t),
	}
	s := r.Reflect(payload)
	s.ID = jsonschema.ID("urn:invoicelink:event:" + verb(typ) + ":v1")
	s.Title = string(typ)
	if !in {
		s.Description = resultTexts[typ] + " " + s.Description
		s.Required = event.Required[typ]
	}
	walk(s, func(part *jsonschema.Schema) {
		if part.Ref == "#/$defs/Decimal" {
			s.Definitions["Decimal"] = decimal()
		}
	})
	constrain(s)
	for name, def := range s.Definitions {
		def.Title = name
		constrain(def)
	}
	return s
}

// decimal is what invoice.ParseDecimal reads.
func decimal() *jsonschema.Schema {
	return &jsonschema.Schema{
		Description: "An exact decimal number of at most 12 digits before the point and 6 after it, as text or as a JSON number without an exponent. " +
			"It never passes through a binary fraction here; text is safe from what JSON libraries do to numbers elsewhere.",
		AnyOf: []*jsonschema.Schema{
			{Type: "string", Pattern: `^[+-]?0*[0-9]{1,12}(\.[0-9]{1,6}0*)?$`},
			{Type: "number", ExclusiveMinimum: "-1000000000000", ExclusiveMaximum: "1000000000000"},
		},
	}
}

// scalar gives the JSON form of types that are more than their Go kind says.
func scalar(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[invoice.Decimal]():
		return &jsonschema.Schema{Ref: "#/$defs/Decimal"}
	case reflect.TypeFor[invoice.Date]():
		return &jsonschema.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[invoice.Kind]():
		return &jsonschema.Schema{Type: "string", Enum: []any{invoice.KindInvoice, invoice.KindCreditNote}}
	case reflect.TypeFor[invoice.MarginScheme]():
		return &jsonschema.Schema{Type: "string", Enum: []any{
			invoice.MarginTravelAgents, invoice.MarginSecondHand, invoice.MarginArt, invoice.MarginCollectors,
		}}
	case reflect.TypeFor[invoice.ExemptionCase]():
		return &jsonschema.Schema{Type: "string", Enum: []any{
			invoice.CaseArt44, invoice.CaseArt138, invoice.CaseArt146, invoice.CaseArt194, invoice.CaseArt196, invoice.CaseArt199,
			invoice.CaseDE13b, invoice.CaseDK46, invoice.CaseSmallBusiness, invoice.CaseDE19, invoice.CaseDK48, invoice.CaseMarginTravel,
			invoice.CaseMarginGoods, invoice.CaseMarginArt, invoice.CaseMarginItems, invoice.CaseOutOfScope,
			invoice.CaseExport, invoice.CaseReverseCharge,
		}}
	case reflect.TypeFor[invoice.VATCategory]():
		return &jsonschema.Schema{Type: "string", Enum: []any{
			invoice.VATStandard, invoice.VATZero, invoice.VATExempt, invoice.VATReverseCharge,
			invoice.VATIntraCommunity, invoice.VATExport, invoice.VATOutOfScope,
		}}
	}
	return nil
}

// comments looks descriptions up in the doc comments and puts the figures in
// the place of constants, which a reader of the schema does not have.
func comments(t *testing.T) func(reflect.Type, string) string {
	t.Helper()
	r := new(jsonschema.Reflector)
	for _, file := range []string{
		"../../invoice/invoice.go", "../../invoice/line.go", "../../invoice/terms.go", "../../invoice/party.go", "../../invoice/claims.go",
		"incoming.go", "outgoing.go", "problem.go",
	} {
		if err := r.AddGoComments("invoicelink/worker/event", file, jsonschema.WithFullComment()); err != nil {
			t.Fatal(err)
		}
	}
	figures := strings.NewReplacer(
		"MaxNumberRunes", "64", "MaxLines", "1000", "MaxAllowances", "20", "MaxReferences", "20", "MaxFields", "8", "MaxNameRunes", "200", "MaxReasonRunes", "200",
		"KindInvoice", `"invoice"`, "VATStandard", `"S"`, "VATZero", `"Z"`, "\n", " ",
	)
	return func(typ reflect.Type, field string) string {
		name := typ.PkgPath() + "." + typ.Name()
		if field == "" {
			return figures.Replace(r.CommentMap[name])
		}
		text, found := r.CommentMap[name+"."+field]
		if !found {
			text = undocumented[typ.Name()+"."+field]
		}
		if f, ok := typ.FieldByName(field); ok { // the reader knows the member's name
			member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if rest, ok := strings.CutPrefix(text, field+" "); ok {
				text = member + " " + rest
			}
		}
		return figures.Replace(text)
	}
}

// undocumented describes members whose Go names speak for themselves.
var undocumented = map[string]string{
	"Claims.Net":   "Sum of the lines without VAT (BT-109).",
	"Claims.VAT":   "Total VAT (BT-110).",
	"Claims.Total": "Total with VAT (BT-112).",
}

func TestDescriptionsAreThereAndNameNoConstants(t *testing.T) {
	t.Parallel()
	constant := regexp.MustCompile(`\b(Max|Kind|Type)[A-Z]\w*|\bVAT[A-Z][a-z]\w*`)
	for _, typ := range allTypes() {
		walk(schemaOf(t, typ), func(s *jsonschema.Schema) {
			if name := constant.FindString(s.Description); name != "" {
				t.Errorf("%s: description %q has the Go name %s", typ, s.Description, name)
			}
			if s.Properties == nil || s.Description == "" {
				return
			}
			for p := s.Properties.Oldest(); p != nil; p = p.Next() {
				if p.Value.Description == "" && p.Value.Ref != "#/$defs/Address" {
					t.Errorf("%s: %s of %s has no description", typ, p.Key, s.Title)
				}
			}
		})
	}
}

func walk(s *jsonschema.Schema, visit func(*jsonschema.Schema)) {
	visit(s)
	for _, def := range s.Definitions {
		walk(def, visit)
	}
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			walk(p.Value, visit)
		}
	}
	if s.Items != nil {
		walk(s.Items, visit)
	}
}
