// Package packed keeps many values of one kind in little memory, such as the
// invoices of an upload or the links of a sandbox: as JSON, compressed in
// blocks. Start with a zero [List].
//
// It is for values that are read seldom or soon after they were added: reading
// one unpacks its block, unless that is the newest or was the last to be read.
package packed

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// blockSize is how many bytes of JSON are compressed together. With twice as
// many the values take 5 % less, and reading one of them takes twice as long.
const blockSize = 32 << 10

// The compressor and its opposite hold no state between blocks. Their options
// are valid, so that there is no error.
var (
	compressor = sync.OnceValue(func() *zstd.Encoder {
		e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(64<<10))
		return e
	})
	decompressor = sync.OnceValue(func() *zstd.Decoder {
		d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		return d
	})
)

// List is a list of values that never change. It is safe for concurrent use.
type List[T any] struct {
	mu     sync.Mutex
	places []place
	blocks [][]byte // compressed
	open   []byte   // the block behind these, not compressed yet
	read   []byte   // the block that was read last
	readAt int      // its place in blocks
	spare  []byte   // for the next block
}

// place is where a value stands.
type place struct {
	block uint32 // len(blocks) for the open one
	begin uint32 // in the unpacked block
}

// Len returns the number of values.
func (l *List[T]) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.places)
}

// Add adds a value and returns its place in the list, from 0. The error is that
// of a value that JSON cannot hold.
func (l *List[T]) Add(v *T) (int, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("keep a value: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) > 0 && len(l.open)+len(data) > blockSize {
		l.spare = compressor().EncodeAll(l.open, l.spare[:0])
		l.blocks = append(l.blocks, slices.Clone(l.spare))
		l.open = l.open[:0]
	}
	l.places = append(l.places, place{uint32(len(l.blocks)), uint32(len(l.open))})
	l.open = append(l.open, data...)
	return len(l.places) - 1, nil
}

// At returns the value at a place.
func (l *List[T]) At(i int) (*T, error) {
	v := new(T)
	l.mu.Lock()
	defer l.mu.Unlock()
	block, err := l.block(int(l.places[i].block))
	if err == nil {
		end := len(block)
		if i+1 < len(l.places) && l.places[i+1].block == l.places[i].block {
			end = int(l.places[i+1].begin)
		}
		err = json.Unmarshal(block[l.places[i].begin:end], v)
	}
	if err != nil {
		return nil, fmt.Errorf("read value %d: %w", i, err)
	}
	return v, nil
}

// block needs the lock.
func (l *List[T]) block(n int) ([]byte, error) {
	if n == len(l.blocks) {
		return l.open, nil
	}
	if n != l.readAt || len(l.read) == 0 {
		var err error
		if l.read, err = decompressor().DecodeAll(l.blocks[n], l.read[:0]); err != nil {
			l.read = nil
			return nil, err
		}
		l.readAt = n
	}
	return l.read, nil
}
