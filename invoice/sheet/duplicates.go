package sheet

import (
	"maps"
	"slices"
	"strings"
)

// duplicates rejects every entry whose number or session id another one has:
// nobody could say which of them is meant.
func (b *Book) duplicates() {
	numbers := b.groups(func(e *Entry) string { return e.Number })
	for _, number := range slices.Sorted(maps.Keys(numbers)) {
		for _, e := range numbers[number] {
			e.fail(fNumber, -1, e.spot(fNumber, -1), number, say("number-twice", clip(number), e.others(fNumber, numbers[number])))
			e.sort()
		}
	}
	sessions := b.groups(func(e *Entry) string { return e.SessionID })
	for _, id := range slices.Sorted(maps.Keys(sessions)) {
		group := sessions[id]
		if !slices.ContainsFunc(group, func(e *Entry) bool { return e.Number != group[0].Number }) {
			continue // blocks of one number, which have been reported as such
		}
		for _, e := range group {
			e.fail(fSession, -1, e.spot(fSession, -1), id, say("session-twice", clip(id), e.others(fSession, group)))
			e.sort()
		}
	}
}

// groups returns the entries that share a value, by that value, in the order of
// the file.
func (b *Book) groups(of func(*Entry) string) map[string][]*Entry {
	all := map[string][]*Entry{}
	for _, e := range b.Entries {
		if v := of(e); v != "" {
			all[v] = append(all[v], e)
		}
	}
	maps.DeleteFunc(all, func(_ string, group []*Entry) bool { return len(group) < 2 })
	return all
}

// others names the places of the other entries of a group, three at most.
func (e *Entry) others(f field, group []*Entry) string {
	const most = 3
	var places []string
	for _, other := range group {
		if other == e {
			continue
		}
		if len(places) == most {
			places = append(places, "…")
			break
		}
		place := other.spot(f, -1).String()
		if f == fSession {
			place += " (" + clip(other.Number) + ")"
		}
		places = append(places, place)
	}
	return strings.Join(places, ", ")
}
