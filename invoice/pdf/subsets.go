package pdf

import (
	"sync"

	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
)

// embedded is a code page as the document carries it. fpdf embeds the file
// without writing to it.
type embedded struct{ definition, file, toUnicode []byte }

// subsets are the code pages that were cut already. What is in one follows from
// the document alone, so a document has the same bytes whether its subset was
// found here or not. Cutting and deflating took a third of a page's time.
var subsets = struct {
	sync.Mutex
	ready map[font.CodePageKey]*embedded
}{ready: map[font.CodePageKey]*embedded{}}

func embeddedOf(p *font.CodePage) *embedded {
	const most = 256 // of 10 to 30 KB
	key := p.Key()
	subsets.Lock()
	e := subsets.ready[key]
	subsets.Unlock()
	if e != nil {
		return e
	}
	subset := p.Subset()
	e = &embedded{definition: p.Definition(len(subset)), file: finish.Deflate(subset), toUnicode: finish.Deflate(p.ToUnicode())}
	subsets.Lock()
	defer subsets.Unlock()
	if len(subsets.ready) >= most {
		clear(subsets.ready)
	}
	subsets.ready[key] = e
	return e
}
