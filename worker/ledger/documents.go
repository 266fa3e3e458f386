package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"invoicelink/invoice"
)

// BatchSpec is what an upload wants done with its invoices; each of its requests
// names it, with its token. It is kept where only the program can write: whoever
// else publishes a request cannot name a directory.
type BatchSpec struct {
	ID string `json:"id"`
	// Token proves that a request is the upload's own: nobody outside can read
	// it here, and no event carries it.
	Token  string    `json:"token"`
	At     time.Time `json:"at"`
	Seller string    `json:"seller"`        // digest of the snapshot
	Out    string    `json:"out,omitempty"` // absolute directory for PDFs; "" = the archive
	Files  []string  `json:"files,omitempty"`
	By     string    `json:"by,omitempty"` // who uploaded it
}

// ContentName is the name of an invoice's content below "invoices.": the
// number's key and half of the digest's 64 digits. Of two contents that race for
// one number, the one whose record wins finds its own. A server keeps names in
// memory, so they are no longer than it takes: 128 bits tell contents apart, and
// whoever reads one compares the whole digest.
func ContentName(key, digest string) string { return key + "." + digest[:min(len(digest), 32)] }

func invoiceName(number, digest string) string {
	return "invoices." + ContentName(invoice.Key(number), digest)
}

// SaveInvoice stores the canonical invoice under its number and digest. It is
// written before the record says accepted.
func (l *Ledger) SaveInvoice(ctx context.Context, inv *invoice.Invoice) error {
	return l.save(ctx, invoiceName(inv.Number, inv.Digest()), inv.Canonical())
}

// Invoice returns the content that the record is about.
func (l *Ledger) Invoice(ctx context.Context, r *Record) (*invoice.Invoice, error) {
	inv := &invoice.Invoice{}
	name := invoiceName(r.Number, r.Digest)
	if err := l.load(ctx, name, inv); err != nil {
		return inv, err
	}
	if digest := inv.Digest(); digest != r.Digest {
		return inv, fmt.Errorf("read document %s: its digest is %s, the record says %s", name, digest, r.Digest)
	}
	return inv, nil
}

// SaveSeller stores a snapshot of the seller under its digest and returns it.
func (l *Ledger) SaveSeller(ctx context.Context, s *invoice.Seller) (digest string, err error) {
	digest = s.Digest()
	return digest, l.save(ctx, "sellers."+digest, s)
}

// Seller returns the snapshot with the digest.
func (l *Ledger) Seller(ctx context.Context, digest string) (*invoice.Seller, error) {
	s := &invoice.Seller{}
	return s, l.load(ctx, "sellers."+digest, s)
}

// SaveBatchSpec stores what an upload wants.
func (l *Ledger) SaveBatchSpec(ctx context.Context, t BatchSpec) error {
	return l.save(ctx, "batches."+invoice.Key(t.ID), t)
}

// BatchSpec returns what the upload with the id wants.
func (l *Ledger) BatchSpec(ctx context.Context, id string) (BatchSpec, error) {
	var t BatchSpec
	return t, l.load(ctx, "batches."+invoice.Key(id), &t)
}

// Links returns every link of the invoice, newest first.
func (l *Ledger) Links(ctx context.Context, r *Record) ([]Link, error) {
	if r.Link == nil {
		return nil, nil
	}
	links := append([]Link{*r.Link}, r.Older...)
	for revision := links[len(links)-1].Revision - 1; revision > 0; revision-- {
		var link Link
		if r.PayPage != nil && slices.Contains(r.PayPage.Pages, revision) {
			continue
		}
		if err := l.load(ctx, linkName(r.Number, revision), &link); err != nil {
			return nil, err
		}
		links = append(links, link)
	}
	return links, nil
}

// Payments returns every payment of the invoice, oldest first.
func (l *Ledger) Payments(ctx context.Context, r *Record) ([]Payment, error) {
	var all []Payment
	if r.Earlier != nil {
		for i := range r.Earlier.IDs {
			var p Payment
			if err := l.load(ctx, paymentName(r.Number, i+1), &p); err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return append(all, r.Payments...), nil
}

func paymentName(number string, n int) string {
	return fmt.Sprintf("payments.%s.%d", invoice.Key(number), n)
}

func linkName(number string, revision int) string {
	return fmt.Sprintf("links.%s.r%d", invoice.Key(number), revision)
}

func (l *Ledger) save(ctx context.Context, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store document %s: %w", name, err)
	}
	return l.docs.Put(ctx, name, data)
}

func (l *Ledger) load(ctx context.Context, name string, v any) error {
	data, err := l.docs.Get(ctx, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read document %s: %w", name, err)
	}
	return nil
}
