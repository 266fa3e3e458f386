package memo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"invoicelink/worker/memo"
	"invoicelink/worker/testkit"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	fetched, down := 0, errors.New("down")
	var fault error
	m := memo.New(func(_ context.Context, name string) (string, error) { fetched++; return name + "!", fault })
	load := func(name string, want int) {
		t.Helper()
		got, err := m.Load(t.Context(), name)
		testkit.Must(t, err)
		if got != name+"!" || fetched != want {
			t.Errorf("%s: got %q after %d fetches, want %d", name, got, fetched, want)
		}
	}
	fault = down
	if _, err := m.Load(t.Context(), "a"); !errors.Is(err, down) {
		t.Errorf("got %v, want %v", err, down)
	}
	fault = nil
	load("a", 2) // an error is not remembered
	load("a", 2)
	for i := range 64 {
		load(fmt.Sprint(i), 3+i)
	}
	load("63", 66)
	load("a", 67) // the oldest is dropped
}
