package worker

import (
	"context"
	"sync"
)

// memo remembers values that never change under their name: specs and seller
// snapshots, which every request of an upload needs. Only the newest few are
// kept.
type memo[T any] struct {
	fetch  func(context.Context, string) (T, error)
	mu     sync.Mutex
	values map[string]T
	order  []string
}

// memoSize bounds what is remembered; a seller with a logo has up to 350 KB.
const memoSize = 64

func newMemo[T any](fetch func(context.Context, string) (T, error)) *memo[T] {
	return &memo[T]{fetch: fetch, values: map[string]T{}}
}

func (m *memo[T]) load(ctx context.Context, name string) (T, error) {
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
		if len(m.order) > memoSize {
			delete(m.values, m.order[0])
			m.order = m.order[1:]
		}
	}
	return v, nil
}
