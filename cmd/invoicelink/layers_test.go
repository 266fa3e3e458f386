package main_test

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const ours = "invoicelink/"

// layers says which packages of the module each package may import, besides the
// leaves. Imports run downwards only: a package whose row holds "invoice" can
// never be reached from there. A new package gets its row before it gets its
// first import.
var layers = map[string][]string{
	"invoice":                  {},
	"invoice/sheet/grid":       {},
	"invoice/sheet/xlsx":       {"invoice/sheet/grid"},
	"invoice/sheet/csv":        {"invoice/sheet/grid"},
	"invoice/sheet/profile":    {"invoice/sheet/grid"},
	"invoice/sheet":            {"invoice/sheet/grid", "invoice/sheet/xlsx", "invoice/sheet/csv", "invoice/sheet/profile", "invoice"},
	"invoice/pdf":              {"invoice", "invoice/pdf/font", "invoice/pdf/lang", "invoice/pdf/finish", "invoice/text", "invoice/bankcode", "invoice/einvoice"},
	"invoice/bankcode":         {"invoice"},
	"invoice/einvoice":         {"invoice"},
	"invoice/pdf/font":         {},
	"invoice/pdf/lang":         {},
	"invoice/pdf/finish":       {},
	"checkout":                 {"invoice"},
	"checkout/sandbox":         {},
	"checkout/probe":           {"checkout", "checkout/sandbox", "invoice"},
	"fixtures":                 {},
	"invoice/text":             {},
	"worker/atomicfile":        {},
	"worker/ctxtime":           {},
	"worker/memo":              {},
	"worker/packed":            {},
	"worker/testkit/powercut":  {},
	"worker/testkit/tool":      {},
	"worker/event":             {"invoice"},
	"worker/broker":            {"worker/event", "invoice"},
	"worker/requests":          {"worker/broker", "worker/event"},
	"worker/archive":           {"invoice"},
	"worker/ledger":            {"invoice", "worker/event"},
	"worker/announce":          {"worker/broker", "worker/event"},
	"worker/settlement":        {"worker/announce", "worker/broker", "worker/event", "worker/ledger", "checkout", "invoice"},
	"worker/groupsync":         {},
	"worker/backup":            {},
	"worker/audit":             {"worker/broker/blocks", "worker/broker", "worker/ledger", "worker/event", "invoice"},
	"worker/broker/blocks":     {},
	"worker/broker/embedded":   {"worker/broker/blocks"},
	"worker/batch":             {"worker/requests", "worker/broker", "worker/ledger", "worker/event", "invoice/sheet", "invoice/sheet/profile", "invoice"},
	"worker/broker/brokertest": {"worker/broker", "worker/broker/embedded", "worker/event"}, // for tests alone: no row names it
	"worker": {"worker/settlement", "worker/announce", "worker/requests", "worker/broker", "worker/ledger", "worker/archive", "worker/event", "worker/concurrency",
		"checkout", "invoice/pdf", "invoice"},
	"worker/ratelimit":   {},
	"worker/concurrency": {},
	"worker/telemetry":   {},
	"worker/httplimit":   {},
	"worker/ops":         {"worker", "worker/broker", "worker/ledger", "worker/archive", "worker/event", "checkout"},
	"worker/web": {"worker", "worker/batch", "worker/requests", "worker/broker", "worker/ledger", "worker/archive", "worker/event",
		"invoice/pdf", "invoice/sheet", "invoice"},
	"worker/paypage": {"worker", "worker/settlement", "worker/ledger", "worker/archive", "checkout", "invoice/pdf/lang", "invoice/bankcode", "invoice"},
	"worker/app": {"worker/paypage", "worker/audit", "worker/web", "worker/ops", "worker/telemetry", "worker/httplimit", "worker/ratelimit", "worker/requests", "worker", "worker/settlement",
		"worker/archive", "worker/broker", "worker/broker/embedded", "worker/ledger", "checkout", "checkout/sandbox", "invoice"},
	"cmd/invoicelink": {"worker/app", "worker/paypage", "worker/backup", "worker/audit", "worker/web", "worker/ops", "worker/telemetry", "worker", "worker/settlement", "worker/batch", "worker/requests",
		"worker/broker", "worker/broker/blocks", "worker/broker/embedded", "worker/ledger", "worker/archive", "worker/event", "checkout", "checkout/probe", "checkout/sandbox",
		"invoice/pdf", "invoice/sheet", "invoice/sheet/profile", "invoice"},

	// What tests share.
	"worker/testkit":           {"invoice"},
	"worker/testkit/faulty":    {},
	"worker/ledger/ledgertest": {"worker/ledger", "invoice"},
	"worker/testkit/harness": {"worker/testkit", "worker/broker/brokertest", "worker", "worker/archive", "worker/broker", "worker/event", "worker/ledger",
		"checkout", "checkout/sandbox"},
}

// leaves are small packages that import nothing of the module, so that every
// package may import them.
var leaves = []string{"invoice/text", "worker/atomicfile", "worker/ctxtime", "worker/groupsync", "worker/memo", "worker/packed"}

// testLeaves are leaves for tests alone.
var testLeaves = []string{"worker/testkit", "worker/testkit/faulty", "worker/testkit/powercut", "worker/testkit/tool"}

// testsToo says what tests may import beyond their package's row: a real broker
// and an imitated API instead of mocks.
var testsToo = map[string][]string{
	"invoice":           {"invoice/einvoice"},
	"worker/announce":   {"worker/broker/brokertest"},
	"worker/settlement": {"worker/broker/brokertest"},
	"checkout":          {"checkout/sandbox"},
	"checkout/sandbox":  {"checkout", "invoice"},
	"fixtures":          {"worker/testkit/tool", "worker/event", "invoice/sheet", "invoice/pdf", "invoice"},
	"invoice/pdf":       {"worker/testkit/tool"},
	"invoice/pdf/lang":  {"invoice/pdf/font"},
	"worker":            {"worker/ledger/ledgertest", "worker/testkit/harness", "worker/broker/embedded", "worker/broker/brokertest", "checkout/sandbox"},
	"worker/archive":    {"worker/broker/embedded"},
	"worker/audit":      {"worker/broker/embedded"},
	"worker/backup":     {"worker/broker/embedded", "worker/broker/brokertest", "worker/broker"},
	"worker/broker":     {"worker/broker/embedded", "worker/broker/brokertest", "worker/ledger"},
	"worker/ledger":     {"worker/ledger/ledgertest", "worker/broker", "worker/broker/brokertest"},
	"worker/ratelimit":  {"worker/broker/brokertest"},
	"worker/requests":   {"worker/broker/brokertest", "invoice"},
	"worker/batch":      {"worker/broker/brokertest"},
	"worker/ops":        {"worker/broker/embedded", "worker/broker/brokertest", "worker/testkit/tool", "checkout/sandbox", "invoice"},
	"worker/paypage":    {"worker/testkit/harness", "checkout/sandbox"},
	"worker/web":        {"worker/settlement", "worker/testkit/harness"},
	"worker/app":        {"worker/event"},
}

// onlyIn names the one package that may import a heavy library, so that the
// others never come to depend on its types.
var onlyIn = map[string]string{
	"github.com/xuri/excelize/v2":        "invoice/sheet",
	"github.com/go-pdf/fpdf":             "invoice/pdf",
	"github.com/nats-io/nats-server/v2/": "worker/broker/embedded",
}

func TestImportsRunDownwards(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		allowed, known := layers[s.pkg()]
		if !known {
			t.Errorf("%s: package %s has no row in the table of layers", s.file, s.pkg())
			continue
		}
		for _, spec := range s.ast.Imports {
			if wrong := offence(s, importPath(t, spec), allowed); wrong != "" {
				t.Errorf("%s: %s", s.file, wrong)
			}
		}
	}
}

// offence says what is wrong with an import, or nothing.
func offence(s source, imported string, allowed []string) string {
	if to, mine := strings.CutPrefix(imported, ours); mine {
		switch {
		case slices.Contains(allowed, to), !slices.Contains(leaves, s.pkg()) && slices.Contains(leaves, to),
			s.test && (to == s.pkg() || slices.Contains(testLeaves, to) || slices.Contains(testsToo[s.pkg()], to)):
			return ""
		}
		return s.pkg() + " may not import " + to + "; it may import " + list(allowed)
	}
	for library, only := range onlyIn {
		if !s.test && s.pkg() != only && strings.HasPrefix(imported+"/", strings.TrimSuffix(library, "/")+"/") {
			return "imports " + imported + ", which only " + only + " may"
		}
	}
	return ""
}

func TestOffencesAreSeen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, imported string
		wrong          bool
	}{
		{"invoice/sheet/read.go", "invoicelink/invoice", false},
		{"invoice/sheet/read.go", "github.com/xuri/excelize/v2", false},
		{"invoice/sheet/read_test.go", "invoicelink/invoice/sheet", false},
		{"checkout/sandbox/agree_test.go", "invoicelink/checkout", false},
		{"fixtures/workbook_test.go", "github.com/xuri/excelize/v2", false},
		{"worker/broker/embedded/server.go", "github.com/nats-io/nats-server/v2/server", false},
		{"checkout/call.go", "invoicelink/worker/ctxtime", false},
		{"checkout/call_test.go", "invoicelink/worker/testkit/tool", false},
		{"checkout/call.go", "invoicelink/worker/testkit/tool", true},
		{"worker/ctxtime/ctxtime.go", "invoicelink/invoice/text", true},
		{"invoice/totals.go", "invoicelink/invoice/sheet", true},
		{"checkout/client.go", "invoicelink/worker", true},
		{"checkout/sandbox/server.go", "invoicelink/checkout", true},
		{"worker/broker/broker.go", "invoicelink/worker/broker/embedded", true},
		{"worker/worker.go", "invoicelink/worker/batch", true},
		{"worker/worker.go", "github.com/nats-io/nats-server/v2/server", true},
		{"worker/batch/wait.go", "github.com/xuri/excelize/v2", true},
		{"invoice/sheet/read.go", "github.com/go-pdf/fpdf/contrib/barcode", true},
		{"cmd/invoicelink/run.go", "github.com/nats-io/nats-server/v2/conf", true},
	} {
		s := source{file: c.file, test: strings.HasSuffix(c.file, "_test.go")}
		if got := offence(s, c.imported, layers[s.pkg()]); (got != "") != c.wrong {
			t.Errorf("%s imports %s: got %q, want an objection: %t", c.file, c.imported, got, c.wrong)
		}
	}
}

// cmdOnly are the names through which a program ends or its environment is
// read. Only cmd does either: everything else returns errors and takes its
// configuration as an argument.
var cmdOnly = map[string][]string{
	"os":      {"Exit", "Getenv", "LookupEnv", "Environ", "ExpandEnv"},
	"log":     {"Fatal", "Fatalf", "Fatalln"},
	"syscall": {"Exit", "Getenv", "Environ"},
}

func TestOnlyCmdExitsAndReadsTheEnvironment(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, name := range cmdOnlyNames(t, s.ast) {
			seen++
			if !strings.HasPrefix(s.file, "cmd/") && !slices.Contains(testLeaves, s.pkg()) {
				t.Errorf("%s: uses %s, which only cmd may", s.file, name)
			}
		}
	}
	if seen == 0 {
		t.Error("found no call of os.Exit, not even in cmd: this test sees nothing")
	}
}

// cmdOnlyNames lists the uses of cmdOnly's names, under whatever name the
// package was imported.
func cmdOnlyNames(t *testing.T, file *ast.File) []string {
	t.Helper()
	local := map[string]string{}
	for _, spec := range file.Imports {
		imported := importPath(t, spec)
		if _, watched := cmdOnly[imported]; !watched {
			continue
		}
		if spec.Name == nil {
			local[imported] = imported
		} else {
			local[spec.Name.Name] = imported
		}
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(cmdOnly[local[x.Name]], sel.Sel.Name) {
				out = append(out, local[x.Name]+"."+sel.Sel.Name)
			}
		}
		return true
	})
	return out
}

func importPath(t *testing.T, spec *ast.ImportSpec) string {
	t.Helper()
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func list(packages []string) string {
	if len(packages) == 0 {
		return "no other package"
	}
	return strings.Join(packages, ", ")
}
