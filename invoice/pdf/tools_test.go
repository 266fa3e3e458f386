package pdf_test

import (
	"bytes"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice/pdf"
	"invoicelink/worker/testkit/tool"
)

// run runs another program on the output. If it is not installed, the test is
// skipped, unless INVOICELINK_REQUIRE_TOOLS is set.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := tool.Path(t, name)
	cmd := exec.CommandContext(t.Context(), path, args...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out.String(), complaints.String())
	}
	return out.String()
}

func writeSample(t *testing.T, p pdf.Page) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.pdf")
	if err := os.WriteFile(path, render(t, p), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// unpacked is the file as qpdf writes it without object streams and compression.
func unpacked(t *testing.T, p pdf.Page) string {
	t.Helper()
	return run(t, "qpdf", "--qdf", "--object-streams=disable", "--no-original-object-ids", writeSample(t, p), "-")
}

// What other people's programs say about the files.
func TestOtherReadersFindNothing(t *testing.T) {
	t.Parallel()
	for name, page := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := writeSample(t, page)
			if out := run(t, "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors found") {
				t.Error(out)
			}
			out := run(t, "pdfinfo", path)
			for _, want := range []string{"Tagged:          yes", "Suspects:        no", "JavaScript:      no", "Encrypted:       no", "PDF version:     1.7"} {
				if !strings.Contains(out, want) {
					t.Errorf("pdfinfo does not say %q:\n%s", want, out)
				}
			}
			for _, line := range strings.Split(strings.TrimSpace(run(t, "pdffonts", path)), "\n")[2:] {
				if fields := strings.Fields(line); !slices.Equal(fields[len(fields)-5:len(fields)-2], []string{"yes", "yes", "yes"}) {
					t.Errorf("font is not embedded, a subset and mapped to Unicode: %s", line)
				}
			}
		})
	}
}

func TestTextCanBeExtracted(t *testing.T) {
	t.Parallel()
	all := samples(t)
	for name, want := range map[string][]string{
		"plain": {"Invoice 2026-0042", "Example Trading GmbH", "Musterstraße 12", "2100 København Ø", "1.245", "-79.95", "1,661.55",
			"Amount due\nEUR 2,492.33\nDue date\n22 December 2026\n", "Pay at testgateway.example.com", "This link works until 12 January 2027, 23:59",
			"IBAN DK5000400440116243\nBIC SAMPDKKK", "Page 1 of 1", "Invoice no. 2026-0042\nInvoice date 22 November 2026"},
		"mixed": {"Παράδειγμα Εμπορική", "«Приклад Ґанок", "вул. Зразкова, 14, кв. № 3", "București Țara Șes", "Υπηρεσίες συμβούλων — Νοέμβριος",
			"щодо ґрунтів, є, ї, і", "Zażółć gęślą jaźń; příliš žluťoučký kůň", "İstanbul’da ığdır şöğüç ₺", "Þjónusta á Íslandi, ð æ",
			"Tiếng Việt: dịch vụ tư vấn kỹ thuật", "ქართული ✓ Հայերեն № 5 • „x“ … ₴"},
		"danish":  {"Faktura 2026-0042", "Øresund Åbne Værksteder A/S", "DKK 2.492,33", "12. januar 2027", "kl. 23.59 CET", "i 10 min."},
		"german":  {"Rechnung 2026-0042", "22. November 2026", "EUR 2.492,33", "12. Januar 2027, 23:59 Uhr CET"},
		"credit":  {"Credit note CN-2026-7", "Original invoice", "Amount credited", "Corrects invoice 2026-0042.", "set this amount off", "Reason"},
		"prepaid": {"Already paid", "-500.00", "Rounding", "-0.03", "Payment link renewed on 23 December 2026", "for 10 min only", "Article 196"},
		"sandbox": {"SANDBOX – NOT PAYABLE"},
		"test":    {"TEST"},
		"paid":    {"PAID", "Paid\nEUR 2,492.33", "Paid on 1 December 2026"},
		"zero": {"Paid in full in advance.", "Article 138", "Article 146", "Exempt from VAT.", "Outside the scope of VAT (Article 44",
			"Intra-Community supply ³", "0% ³"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := run(t, "pdftotext", "-raw", writeSample(t, all[name]), "-")
			for _, s := range want {
				if !strings.Contains(out, s) && !strings.Contains(strings.ReplaceAll(out, "\n", " "), s) {
					t.Errorf("text has no %q:\n%s", s, out)
				}
			}
			if name == "credit" && strings.Contains(out, "Scan") {
				t.Error("a credit note asks for payment")
			}
		})
	}
}

// Who reads a page line by line, in the order of places, finds each value next
// to its label.
func TestLabelsStandNextToValues(t *testing.T) {
	t.Parallel()
	all := samples(t)
	for name, want := range map[string][]string{
		"plain": {"Invoice no. 2026-0042", "Invoice date 22 November 2026", "Your VAT ID DE123456788", "IBAN DK5000400440116243", "Reference 2026-0042"},
		"full":  {"Abrechnungszeitraum 1. Oktober 2026 – 31. Oktober 2026", "Projekt Neubau", "Sachbearbeiter Robin Beispiel", "Verwendungszweck RF8820260042"},
	} {
		lines := strings.Split(run(t, "pdftotext", writeSample(t, all[name]), "-"), "\n")
		for _, s := range want {
			if !slices.Contains(lines, s) {
				t.Errorf("%s: no line is %q:\n%s", name, s, strings.Join(lines, "\n"))
			}
		}
	}
}

// What a telephone sees on the printed page is the link that the page shows.
// Whoever reads by the structure finds a space between the words of two lines,
// and none inside of a word or a link.
func TestLinesGoOnInTheStructure(t *testing.T) {
	t.Parallel()
	page := samples(t)["full"]
	page.Invoice.Note = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvorstandsvorsitzendenstellvertreterwahlausschuss geht weiter"
	got := run(t, "pdfinfo", "-struct-text", writeSample(t, page))
	for _, want := range []string{"Sample Nordic Supplies ApS Eksempelvej 7", "2. Hof 20095 Hamburg", sampleLink} {
		if !strings.Contains(got, want) {
			t.Errorf("the structure has no %q", want)
		}
	}
	if strings.Contains(got, "- ausschuss") || !strings.Contains(got, "geht weiter") {
		t.Error("a divided word is two words")
	}
}

func TestCodeCanBeScanned(t *testing.T) {
	t.Parallel()
	all := samples(t)
	for _, name := range []string{"plain", "sandbox", "prepaid", "danish"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := writeSample(t, all[name])
			picture := strings.TrimSuffix(path, ".pdf")
			run(t, "pdftoppm", "-r", "110", "-singlefile", "-png", path, picture)
			if got := strings.TrimSpace(run(t, "zbarimg", "--quiet", "--raw", picture+".png")); got != sampleLink {
				t.Errorf("the code on the page reads %q, want %q", got, sampleLink)
			}
		})
	}
}

// The code of a bank transfer is another one, and gone once nothing is due.
func TestBankCode(t *testing.T) {
	t.Parallel()
	page := samples(t)["full"]
	scan := func(page pdf.Page) string {
		path := writeSample(t, page)
		picture := strings.TrimSuffix(path, ".pdf")
		run(t, "pdftoppm", "-r", "150", "-gray", path, picture)
		images, err := filepath.Glob(picture + "-*")
		if err != nil || len(images) == 0 {
			t.Fatalf("no picture: %v", err)
		}
		return run(t, "zbarimg", append([]string{"--quiet", "--raw"}, images...)...)
	}
	got := scan(page)
	want := "BCD\n002\n1\nSCT\nSAMPDKKK\nSample Nordic Supplies ApS\nDK5000400440116243\nEUR2379.50\n\nRF8820260042"
	if !strings.Contains(got, want) || !strings.Contains(got, sampleLink) {
		t.Errorf("codes read %q, want the link and %q", got, want)
	}
	page.Payment, page.PaidOn = nil, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, boxes := range boxesOf(t, page) {
		for _, b := range boxes {
			if b.Kind == "code" {
				t.Error("a paid invoice has a code")
			}
		}
	}
}

// No text must be printed as nothing or as a box: the letters of each script
// are looked for as ink where the layout put them.
func TestLettersAreInk(t *testing.T) {
	t.Parallel()
	page := samples(t)["mixed"]
	path := writeSample(t, page)
	picture := strings.TrimSuffix(path, ".pdf")
	run(t, "pdftoppm", "-r", "100", "-singlefile", "-png", path, picture)
	file, err := os.Open(picture + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	const perMM = 100 / 25.4
	for _, b := range boxesOf(t, page)[0] {
		if b.Kind != "text" || b.W == 0 {
			continue
		}
		dark := 0
		for y := int((b.Y - 2.2) * perMM); y < int(b.Y*perMM); y++ {
			for x := int(b.X * perMM); x < int((b.X+b.W)*perMM); x++ {
				if r, _, _, _ := img.At(x, y).RGBA(); r < 0xA000 {
					dark++
				}
			}
		}
		if float64(dark) < b.W*perMM*0.5 {
			t.Errorf("%q at %.1f, %.1f mm left only %d dark pixels", b.Text, b.X, b.Y, dark)
		}
	}
}
