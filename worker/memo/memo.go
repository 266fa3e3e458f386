// Package memo remembers values that never change under their name: specs and
// seller snapshots, which every request of an upload and every payment page
// need. Start with [New].
package memo

import (
	"context"
	"sync"
)

// Memo fetches each value once and keeps the newest. It may be used by several
// goroutines.
type Memo[T any] struct {
	fetch  func(context.Context, string) (T, error)
	mu     sync.Mutex
	values map[string]T
	order  []string
}

// size bounds what is remembered; a seller with a logo has up to 350 KB.
const size = 64

// New returns a memo of what fetch returns for a name.
func New[T any](fetch func(context.Context, string) (T, error)) *Memo[T] {
	return &Memo[T]{fetch: fetch, values: map[string]T{}}
}

// Load returns the value of a name. The errors are fetch's; none is remembered.
func (m *Memo[T]) Load(ctx context.Context, name string) (T, error) {
	m.mu.Lock()
	v, known := m.values[name]
	m.mu.Unlock()
	if known {
		return v, nil
	}
	v, err := m.fetch(ctx, name)
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.values[name]; !known {
		m.values[name] = v
		m.order = append(m.order, name)
		if len(m.order) > size {
			delete(m.values, m.order[0])
			m.order = m.order[1:]
		}
	}
	return v, nil
}
