package blocks

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/minio/highwayhash"
)

// The layout of a record in a block file of nats-server 2.15 (filestore.go,
// writeMsgRecordLocked), little endian:
//
//	length(4) sequence(8) time(8) subject length(2) subject
//	[header length(4) header] message hash(8)
//
// The length covers all of it; its highest bit says that there is a header. The
// two highest bits of the sequence mark a tombstone and an erased message. The
// hash is HighwayHash-64 over sequence, time, subject, header and message, with
// the SHA-256 of "<stream>-<block>" as its key. The lengths are not covered.
const (
	fixedLen     = 22
	hashLen      = 8
	headerBit    = 1 << 31
	erasedBit    = 1 << 63
	tombstoneBit = 1 << 62
	// maxRecord is the longest record taken for one: four times the largest
	// message that the program stores.
	maxRecord = 4 << 20
)

// Record is one record of a block. The slices share the block's memory.
type Record struct {
	Sequence uint64
	// Time is when the server stored it, in nanoseconds since 1970 UTC.
	Time    int64
	Subject string
	Header  []byte // as NATS sends it, "NATS/1.0\r\n…"; nil for none
	Data    []byte
	// Tombstone says that the message of Sequence was removed; such a record
	// has no subject. Erased marks a message that was overwritten.
	Tombstone, Erased bool
	// Offset and Length are the record's place in the block, in bytes.
	Offset, Length int
}

// Gap is a part of a block that holds no valid record.
type Gap struct {
	From, To int // offsets in the block, [From, To)
	// Tail says that nothing valid follows: what a crash during a write leaves.
	Tail bool
	// After and Before are the sequences of the valid records around it; 0
	// where there is none.
	After, Before uint64
}

// parser reads the blocks of one stream.
type parser struct {
	stream string
	key    [32]byte
}

func newParser(stream string, index uint32) *parser {
	return &parser{stream: stream, key: sha256.Sum256(fmt.Appendf(nil, "%s-%d", stream, index))}
}

// Parse reads the bytes of a block. It returns every valid record in order and
// every part between them that is none.
func Parse(stream string, index uint32, buf []byte) (records []Record, gaps []Gap) {
	p := newParser(stream, index)
	last := uint64(0)
	for at := 0; at < len(buf); {
		r, ok := p.record(buf, at)
		if ok {
			records = append(records, r)
			at += r.Length
			if !r.Tombstone {
				last = r.Sequence
			}
			continue
		}
		gap := Gap{From: at, To: len(buf), Tail: true, After: last}
		for next := at + 1; next+fixedLen+hashLen <= len(buf); next++ {
			if r, ok := p.record(buf, next); ok {
				gap.To, gap.Tail, gap.Before = next, false, r.Sequence
				break
			}
		}
		gaps = append(gaps, gap)
		at = gap.To
	}
	return records, gaps
}

// record reads the record that begins at an offset, if one does.
func (p *parser) record(buf []byte, at int) (Record, bool) {
	if at+fixedLen+hashLen > len(buf) {
		return Record{}, false
	}
	fixed := buf[at : at+fixedLen]
	le := binary.LittleEndian
	length := le.Uint32(fixed)
	hasHeader := length&headerBit != 0
	n := int(length &^ headerBit)
	subject := int(le.Uint16(fixed[20:]))
	used := fixedLen + subject + hashLen
	if hasHeader {
		used += 4
	}
	if n < used || n > maxRecord || at+n > len(buf) {
		return Record{}, false
	}
	body := buf[at+fixedLen : at+n-hashLen]
	r := Record{Sequence: le.Uint64(fixed[4:]), Time: int64(le.Uint64(fixed[12:])), Offset: at, Length: n, Subject: string(body[:subject])}
	payload := body[subject:]
	if hasHeader {
		h := int(le.Uint32(payload))
		payload = payload[4:]
		if h > len(payload) || !bytes.HasPrefix(payload, []byte("NATS/1.0")) || !bytes.HasSuffix(payload[:h], []byte("\r\n\r\n")) {
			return Record{}, false // the header's length is not covered by the hash
		}
		r.Header, r.Data = payload[:h], payload[h:]
	} else {
		r.Data = payload
	}
	if !p.hashed(fixed[4:20], body[:subject], payload, buf[at+n-hashLen:at+n]) {
		return Record{}, false
	}
	r.Tombstone, r.Erased = r.Sequence&tombstoneBit != 0, r.Sequence&erasedBit != 0
	r.Sequence &^= tombstoneBit | erasedBit
	return r, true
}

func (p *parser) hashed(fixed, subject, payload, want []byte) bool {
	h, err := highwayhash.New64(p.key[:])
	if err != nil {
		return false
	}
	_, _ = h.Write(fixed)
	_, _ = h.Write(subject)
	_, _ = h.Write(payload)
	var sum [hashLen]byte
	return bytes.Equal(h.Sum(sum[:0]), want)
}
