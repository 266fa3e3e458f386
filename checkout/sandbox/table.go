package sandbox

import (
	"hash/maphash"
	"iter"
	"slices"

	"invoicelink/worker/packed"
)

// table holds records by their id, in the order in which they were issued. They
// are packed: a sandbox may issue hundreds of thousands. What it returns is a
// copy, and a change is put back.
type table[T any] struct {
	id     func(*T) string
	values packed.List[T]
	newest []uint32 // place in values, by the record's number
	byID   names
}

func newTable[T any](id func(*T) string) *table[T] {
	return &table[T]{id: id, byID: newNames()}
}

// put adds a record, or replaces the one with its id, and returns its number,
// which counts from 0 in the order of issue.
func (t *table[T]) put(v *T) (number int, err error) {
	at, err := t.values.Add(v)
	if err != nil {
		return 0, err
	}
	number, _, known := t.find(t.id(v))
	if known {
		t.newest[number] = uint32(at)
		return number, nil
	}
	number = len(t.newest)
	t.newest = append(t.newest, uint32(at))
	t.byID.add(t.id(v), number)
	return number, nil
}

// get returns the record with that id, nil if there is none.
func (t *table[T]) get(id string) *T {
	_, v, _ := t.find(id)
	return v
}

func (t *table[T]) find(id string) (number int, v *T, known bool) {
	for n := range t.byID.candidates(id) {
		if v := t.at(n); t.id(v) == id {
			return n, v, true
		}
	}
	return 0, nil, false
}

func (t *table[T]) len() int { return len(t.newest) }

// at returns the record with that number.
func (t *table[T]) at(number int) *T {
	v, err := t.values.At(int(t.newest[number]))
	if err != nil {
		panic(err) // put wrote it
	}
	return v
}

// all yields copies of the records in the order of issue.
func (t *table[T]) all() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for n := range t.newest {
			if !yield(t.at(n)) {
				return
			}
		}
	}
}

// list returns copies of the records in the order of issue.
func (t *table[T]) list() []T {
	list := make([]T, 0, len(t.newest))
	for v := range t.all() {
		list = append(list, *v)
	}
	return slices.Clip(list)
}

// names finds numbers by a text, of which it keeps a hash.
type names struct {
	seed maphash.Seed
	at   map[uint64]uint32 // by the text's hash, or the next free place
}

func newNames() names { return names{maphash.MakeSeed(), map[uint64]uint32{}} }

func (n *names) add(text string, number int) {
	place := maphash.String(n.seed, text)
	for {
		if _, taken := n.at[place]; !taken {
			n.at[place] = uint32(number)
			return
		}
		place++
	}
}

// candidates yields the numbers among which that of the text is, if any.
func (n *names) candidates(text string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for place := maphash.String(n.seed, text); ; place++ {
			if number, taken := n.at[place]; !taken || !yield(int(number)) {
				return
			}
		}
	}
}
