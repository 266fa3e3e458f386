package ledger

import "slices"

// placeTable holds the places of names by 32 bits of a digest: one word for each
// name, in the upper half the digest, in the lower the place, which is not 0. It
// is a hash table with open addressing, and takes about 13 bytes a name, where a
// map of Go takes 26. What is at a place is not its business: names with one
// digest are told apart by whoever asks.
type placeTable struct {
	words []uint64 // 0 is free
	used  int
}

func word(digest, place uint32) uint64 { return uint64(digest)<<32 | uint64(place) }

// home is where a digest's word is; if that was taken, it is in the next free one.
func (t *placeTable) home(digest uint32) int {
	return int(uint64(digest) * uint64(len(t.words)) >> 32)
}

// sized returns a table with room for so many names.
func sized(names int) placeTable { return placeTable{words: make([]uint64, max(1024, names*3/2))} }

func (t *placeTable) add(digest, place uint32) {
	if 4*(t.used+1) > 3*len(t.words) {
		old := t.words
		t.words = make([]uint64, max(1024, len(old)*3/2))
		for _, w := range old {
			if w != 0 {
				t.insert(w)
			}
		}
	}
	t.insert(word(digest, place))
	t.used++
}

func (t *placeTable) insert(word uint64) {
	i := t.home(uint32(word >> 32))
	for t.words[i] != 0 {
		i = (i + 1) % len(t.words)
	}
	t.words[i] = word
}

// places returns the places of names with the digest: none in most cases.
func (t *placeTable) places(digest uint32) (places []uint32) {
	if len(t.words) == 0 {
		return nil
	}
	for i := t.home(digest); t.words[i] != 0; i = (i + 1) % len(t.words) {
		if uint32(t.words[i]>>32) == digest {
			places = append(places, uint32(t.words[i]))
		}
	}
	slices.Sort(places)
	return places
}
