package pdf

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-pdf/fpdf"

	"invoicelink/invoice"
)

// Render prints the page and returns the PDF file (version 1.3 or 1.4, A4, all
// fonts embedded). The same page gives the same bytes, with the same build of
// the program, on any machine and at any time.
//
// Invoice and seller must be valid by their Validate methods and by
// [Printable] and [PrintableSeller]. An error names the field and what is
// wrong with it; a character that no font holds is an error, never an empty
// box. Render may be called by any number of goroutines.
func Render(p Page) ([]byte, error) {
	c, err := newComposer(&p)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", nameOf(p.Invoice), err)
	}
	doc := newDocument(c)
	if err := draw(doc, c, compose(c)); err != nil {
		return nil, fmt.Errorf("render %s: %w", nameOf(p.Invoice), err)
	}
	var out bytes.Buffer
	out.Grow(64 << 10)
	if err := doc.Output(&out); err != nil {
		return nil, fmt.Errorf("render %s: %w", nameOf(p.Invoice), err)
	}
	file, err := pack(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", nameOf(p.Invoice), err)
	}
	return file, nil
}

func nameOf(inv *invoice.Invoice) string {
	if inv == nil {
		return "page"
	}
	return "invoice " + clip(inv.Number)
}

// newComposer checks the page and looks up what its layout needs.
func newComposer(p *Page) (*composer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := append(Printable(p.Invoice), PrintableSeller(p.Seller)...).Err(); err != nil {
		return nil, err
	}
	c := &composer{
		language: languageOf(p.Invoice.Language, p.Seller.Language),
		page:     p, inv: p.Invoice, seller: p.Seller, totals: p.Totals, zone: p.Seller.Location(),
	}
	if c.totals == nil {
		totals, err := p.Invoice.Totals()
		if err != nil {
			return nil, err
		}
		c.totals = totals
	}
	if len(p.Seller.Logo) > 0 {
		logo, err := openLogo(p.Seller.Logo)
		if err != nil {
			return nil, fmt.Errorf("seller.logo: %w", err)
		}
		c.logo = logo
	}
	return c, c.checkPayment()
}

// newDocument is an empty document whose every byte follows from the page.
func newDocument(c *composer) *fpdf.Fpdf {
	doc := fpdf.NewCustom(&fpdf.InitType{
		UnitStr: "pt", OrientationStr: "P",
		Size: fpdf.SizeType{Wd: pageWidth.points(), Ht: pageHeight.points()},
	})
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.SetCatalogSort(true)
	doc.SetCompression(false) // pack does it
	// The clock is not read: the document is as old as what it says.
	made := c.inv.IssueDate.Start(time.UTC)
	if !c.page.RenewedOn.IsZero() {
		made = c.page.RenewedOn
	}
	doc.SetCreationDate(made.UTC())
	doc.SetModificationDate(made.UTC())
	doc.SetTitle(c.kind(c.inv).title+" "+cleanLine(c.inv.Number), true)
	doc.SetAuthor(cleanLine(c.seller.Name), true)
	doc.SetSubject(cleanLine(c.inv.Buyer.Name), true)
	doc.SetCreator("invoicelink", true)
	doc.SetLang(c.tag)
	return doc
}
