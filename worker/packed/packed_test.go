package packed_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"invoicelink/worker/packed"
)

type sample struct {
	Number string            `json:"number"`
	Lines  []string          `json:"lines,omitempty"`
	Info   map[string]string `json:"info,omitempty"`
}

func sampleOf(i int) sample {
	s := sample{Number: fmt.Sprintf("N-%06d", i)}
	for n := range i % 5 {
		s.Lines = append(s.Lines, fmt.Sprintf("Consulting, day %d", n))
	}
	if i%1000 == 999 {
		s.Lines = append(s.Lines, strings.Repeat("a line that is longer than a block ", 2000))
	}
	return s
}

// TestList: every value comes back as it was, from full blocks and from the
// open one, in any order and while others are added.
func TestList(t *testing.T) {
	t.Parallel()
	const n = 5000
	var l packed.List[sample]
	check := func(i int) {
		t.Helper()
		got, err := l.At(i)
		if want := sampleOf(i); err != nil || fmt.Sprint(*got) != fmt.Sprint(want) {
			t.Fatalf("value %d of %d: got %.200v, %v, want %.200v", i, l.Len(), got, err, want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		s := sampleOf(i)
		at, err := l.Add(&s)
		if err != nil || at != i || l.Len() != i+1 {
			t.Fatalf("added value %d at %d of %d: %v", i, at, l.Len(), err)
		}
		check(random.IntN(i + 1))
	}
	for i := range n {
		check(i)
	}
	for _, i := range random.Perm(n) {
		check(i)
	}
}

func TestListRefusesWhatJSONCannotHold(t *testing.T) {
	t.Parallel()
	var l packed.List[func()]
	f := func() {}
	if _, err := l.Add(&f); err == nil || l.Len() != 0 {
		t.Errorf("added a function: %v, %d values", err, l.Len())
	}
}

// BenchmarkList adds values of the size of an invoice and reads them in order,
// and says what one takes.
func BenchmarkList(b *testing.B) {
	var before, after runtime.MemStats
	var l packed.List[sample]
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		s := sampleOf(l.Len())
		if _, err := l.Add(&s); err != nil {
			b.Fatal(err)
		}
		if _, err := l.At(l.Len() / 2); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/float64(l.Len()), "B-kept/value")
}
