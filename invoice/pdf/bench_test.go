package pdf_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	qrcode "github.com/skip2/go-qrcode"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// benchPages are 40 different invoices of twelve lines, in seven languages.
func benchPages(tb testing.TB) []pdf.Page {
	names := []string{"Zażółć Gęślą Sp. z o.o.", "Øresund Åbne A/S", "Παράδειγμα Α.Ε.", "ТОВ «Приклад Ґанок»", "Señal Año S.L.", "Işık Güneş A.Ş.", "Țara Șes S.R.L."}
	var pages []pdf.Page
	for i := range 40 {
		inv := plainInvoice()
		inv.Number = fmt.Sprintf("2026-%04d", i)
		inv.Buyer.Name = names[i%len(names)]
		for len(inv.Lines) < 12 {
			line := inv.Lines[len(inv.Lines)%7]
			line.Description = names[(i+len(inv.Lines))%len(names)]
			inv.Lines = append(inv.Lines, line)
		}
		pages = append(pages, pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(tb, fmt.Sprintf("%s&n=%d", sampleLink, i))})
	}
	return pages
}

func BenchmarkRender(b *testing.B) {
	pages := benchPages(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		render(b, pages[i%len(pages)])
	}
}

func BenchmarkRenderParallel(b *testing.B) {
	pages := benchPages(b)
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := pdf.Render(pages[i%len(pages)]); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkRenderThousandLines(b *testing.B) {
	inv := plainInvoice()
	for len(inv.Lines) < invoice.MaxLines {
		inv.Lines = append(inv.Lines, inv.Lines[len(inv.Lines)%7])
	}
	page := pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(b, sampleLink)}
	b.ReportAllocs()
	for b.Loop() {
		render(b, page)
	}
}

// BenchmarkAgainstPlainFpdf prints the same texts at the same places in turn
// by Render and by fpdf used as its manual shows it: fonts loaded for every
// document, the code as a PNG. Decoding, encoding and layout of the code are
// outside of both: Render gets modules, the other one the finished PNG, and
// the other one gets the places from Render's layout for nothing. The metrics
// are the ratio of the times, with the fonts that Render uses and with the
// smaller Go fonts.
func BenchmarkAgainstPlainFpdf(b *testing.B) {
	pages := benchPages(b)
	layouts, codes := make([][]pdf.Box, len(pages)), make([][]byte, len(pages))
	for i, p := range pages {
		boxes, err := pdf.BoxesOf(p)
		if err != nil {
			b.Fatal(err)
		}
		layouts[i] = boxes[0]
		if codes[i], err = qrcode.Encode(p.Payment.Link, qrcode.Medium, 480); err != nil {
			b.Fatal(err)
		}
	}
	var ours, same, small time.Duration
	// Rounds of ten in turn, each on a collected heap, so that none pays for
	// the memory of another.
	round := func(sum *time.Duration, one func(n int)) {
		runtime.GC()
		start := time.Now()
		for n := range 10 {
			one(n * 4)
		}
		*sum += time.Since(start)
	}
	for b.Loop() {
		round(&ours, func(n int) { render(b, pages[n]) })
		round(&same, func(n int) {
			plainFpdf(b, layouts[n], codes[n], liberationsansregular.TTF, liberationsansbold.TTF)
		})
		round(&small, func(n int) { plainFpdf(b, layouts[n], codes[n], goregular.TTF, gobold.TTF) })
	}
	b.ReportMetric(float64(same)/float64(ours), "×/liberation")
	b.ReportMetric(float64(small)/float64(ours), "×/gofont")
	b.ReportMetric(float64(ours.Microseconds())/float64(10*b.N), "µs/ours")
}

func plainFpdf(tb testing.TB, boxes []pdf.Box, code, regular, bold []byte) {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddUTF8FontFromBytes("f", "", regular)
	doc.AddUTF8FontFromBytes("f", "B", bold)
	doc.AddPage()
	for i, box := range boxes {
		switch box.Kind {
		case "text":
			style := ""
			if i%5 == 0 {
				style = "B"
			}
			doc.SetFont("f", style, 9)
			doc.SetXY(box.X, box.Y)
			doc.CellFormat(box.W, 4, box.Text, "", 0, "L", false, 0, "")
		case "fill":
			doc.Rect(box.X, box.Y, box.W, box.H, "F")
		case "link":
			doc.LinkString(box.X, box.Y, box.W, box.H, sampleLink)
		case "code":
			doc.RegisterImageOptionsReader("code", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code))
			doc.ImageOptions("code", box.X, box.Y, box.W, box.H, false, fpdf.ImageOptions{}, 0, "")
		}
	}
	var out bytes.Buffer
	if err := doc.Output(&out); err != nil {
		tb.Fatal(err)
	}
}
