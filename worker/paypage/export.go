package paypage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"invoicelink/invoice/pdf/lang"
	"invoicelink/worker/atomicfile"
	"invoicelink/worker/ledger"
	"invoicelink/worker/memo"
)

// Export writes the pages as files that any web server can serve, so that
// printed codes outlive this program: I/TOKEN/index.html below dir for each
// invoice that has a page, open ones with their bank details, and 404.html. They
// say what the ledger says at that moment, and have no button. The names hold
// the tokens: whoever can list the directory can see every page, so it is
// created with mode 0750. It returns the number of pages. What is in dir is
// replaced page by page.
func Export(ctx context.Context, l *ledger.Ledger, dir string, now time.Time) (int, error) {
	pages, err := readPages()
	if err != nil {
		return 0, err
	}
	p := &Page{
		config: Config{Ledger: l, Now: func() time.Time { return now }}.withDefaults(), base: &url.URL{}, pages: pages, sellers: memo.New(l.Seller),
	}
	english := languages["en"]
	words, _ := lang.Find("en")
	missing := &content{T: english, L: words, Style: stylePath, Heading: english.Sorry, Words: []string{english.Unknown}, Alert: true}
	for name, c := range map[string]*content{"404.html": missing, "index.html": missing} {
		if err := p.writeFile(filepath.Join(dir, name), c); err != nil {
			return 0, err
		}
	}
	if err := atomicfile.Write(filepath.Join(dir, stylePath), style, 0o640); err != nil {
		return 0, fmt.Errorf("export payment pages: %w", err)
	}
	n := 0
	for r, err := range l.All(ctx) {
		if err != nil {
			return n, fmt.Errorf("export payment pages: %w", err)
		}
		if r.PayPage == nil || r.Printed == 0 {
			continue
		}
		doc, err := p.document(ctx, &r)
		if err != nil {
			return n, fmt.Errorf("export the payment page of invoice %q: %w", r.Number, err)
		}
		c := p.contentOf(&r, doc, chosen("", r.Language, ""), shown{static: true})
		c.Style = "../.." + stylePath
		if err := p.writeFile(filepath.Join(dir, "I", r.PayPage.Token, "index.html"), c); err != nil {
			return n, fmt.Errorf("export the payment page of invoice %q: %w", r.Number, err)
		}
		n++
	}
	return n, nil
}

// writeFile draws a page into a file. Its error names no token.
func (p *Page) writeFile(path string, c *content) error {
	var out bytes.Buffer
	if err := p.pages.ExecuteTemplate(&out, "page", c); err != nil {
		return err
	}
	err := os.MkdirAll(filepath.Dir(path), 0o750)
	if err == nil {
		err = atomicfile.Write(path, out.Bytes(), 0o640)
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("write a page: %s: %w", cause.Op, cause.Err)
	}
	return err
}
