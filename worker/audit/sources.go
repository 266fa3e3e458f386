package audit

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// sources is what lost records are made of.
type sources struct {
	values   map[string][]byte   // of the ledger's bucket, but its records
	owners   [][]byte            // entries of the owners' log
	statuses map[string][]status // of lost records, oldest first
	contents map[string][]byte   // as ledger.ContentName
	sellers  map[string]bool     // digests
	uploads  map[string]string   // the seller's digest, by the upload's key
	links    map[string][]byte   // "<key>.r<n>"
	waiting  map[string]bool     // numbers in the queue
	pages    map[string]string   // SHA-256 in the bucket of PDFs, by name
	credited map[string]bool     // numbers that credit notes refer to
	lost     map[string]bool
}

// status is an event that says where a record stood.
type status struct {
	event.Status
	id       string // of the event
	sequence uint64
	at       time.Time
	payPage  bool // it names a payment page
}

// ofRecord reports whether a status was made from a record, and not only about
// a request that was refused.
func ofRecord(s *event.Status) bool {
	return s.Digest != "" || len(s.Payments) > 0 || s.Cancelled != nil
}

const (
	ledgerPrefix    = "$KV." + broker.BucketLedger + "."
	documentsPrefix = "documents."
	pagesMetaPrefix = "$O.pdfs.M."
)

func readSources(dir string, lost map[string]bool) (*sources, error) {
	s := &sources{
		values: map[string][]byte{}, statuses: map[string][]status{}, contents: map[string][]byte{}, sellers: map[string]bool{},
		uploads: map[string]string{}, links: map[string][]byte{}, waiting: map[string]bool{}, pages: map[string]string{}, credited: map[string]bool{}, lost: lost,
	}
	for _, in := range []struct {
		stream string
		take   func(blocks.Record) error
	}{
		{"KV_" + broker.BucketLedger, s.value},
		{broker.StreamOwners, s.ownership},
		{broker.StreamEvents, s.event},
		{broker.StreamDocuments, s.document},
		{broker.StreamRequests, s.request},
		{"OBJ_pdfs", s.page},
	} {
		if err := live(dir, in.stream, in.take); err != nil {
			return nil, fmt.Errorf("read what records are made of: %w", err)
		}
	}
	return s, nil
}

func (s *sources) value(r blocks.Record) error {
	if key, ok := strings.CutPrefix(r.Subject, ledgerPrefix); ok && !strings.HasPrefix(r.Subject, recordPrefix) {
		s.values[key] = bytes.Clone(r.Data)
	}
	return nil
}

func (s *sources) ownership(r blocks.Record) error {
	if _, err := ledger.OwnershipOf(r.Data); err == nil {
		s.owners = append(s.owners, bytes.Clone(r.Data))
	}
	return nil
}

func (s *sources) event(r blocks.Record) error {
	verb, key, ok := strings.Cut(strings.TrimPrefix(r.Subject, "invoices."), ".")
	if !ok || !s.lost[key] || verb == "requested" {
		return nil
	}
	var one status
	var more struct {
		PayPage json.RawMessage `json:"payPage"`
	}
	if json.Unmarshal(r.Data, &one.Status) != nil || json.Unmarshal(r.Data, &more) != nil || !ofRecord(&one.Status) || invoice.Key(one.Number) != key {
		return nil
	}
	one.sequence, one.at, one.payPage = r.Sequence, time.Unix(0, r.Time).UTC(), more.PayPage != nil
	one.id = headerOf(r.Header, "ce-id")
	s.statuses[key] = append(s.statuses[key], one)
	return nil
}

// headerOf reads a header of a stored message.
func headerOf(header []byte, name string) string {
	_, rest, _ := bytes.Cut(header, []byte("\r\n"))
	all, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(rest))).ReadMIMEHeader()
	if err != nil {
		return ""
	}
	return all.Get(name)
}

func (s *sources) document(r blocks.Record) error {
	kind, name, _ := strings.Cut(strings.TrimPrefix(r.Subject, documentsPrefix), ".")
	key, _, _ := strings.Cut(name, ".")
	switch kind {
	case "invoices":
		if s.lost[key] {
			s.contents[name] = bytes.Clone(r.Data)
		}
		var inv invoice.Invoice
		if json.Unmarshal(r.Data, &inv) == nil && inv.IsCreditNote() {
			for _, p := range inv.Preceding() {
				s.credited[p.Number] = true
			}
		}
	case "links":
		if s.lost[key] {
			s.links[name] = bytes.Clone(r.Data)
		}
	case "sellers":
		s.sellers[name] = true
	case "batches":
		var spec ledger.BatchSpec
		if json.Unmarshal(r.Data, &spec) == nil {
			s.uploads[name] = spec.Seller
		}
	}
	return nil
}

// request takes note of a request that waits, in either form of an event.
func (s *sources) request(r blocks.Record) error {
	var body struct {
		Number string `json:"number"`
		Data   struct {
			Number string `json:"number"`
		} `json:"data"`
	}
	if r.Subject == event.SubjectRequested && json.Unmarshal(r.Data, &body) == nil {
		s.waiting[body.Number], s.waiting[body.Data.Number] = true, true
	}
	return nil
}

func (s *sources) page(r blocks.Record) error {
	var info struct {
		Name   string `json:"name"`
		Digest string `json:"digest"` // "SHA-256=" and base64url
	}
	if !strings.HasPrefix(r.Subject, pagesMetaPrefix) || json.Unmarshal(r.Data, &info) != nil {
		return nil
	}
	if sum, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(info.Digest, "SHA-256=")); err == nil {
		s.pages[info.Name] = hex.EncodeToString(sum)
	}
	return nil
}

// fitsBucket compares the page in the bucket of PDFs with a record.
func (s *sources) fitsBucket(r ledger.Record) error {
	if sum, ok := s.pages[r.PDF]; ok && sum != r.SHA256 {
		return fmt.Errorf("the page in the object store is one that no event knows: it may show another link")
	}
	return nil
}
