package checkout

import "testing"

// TestPixelsAreUsedAgain: an image gets the memory of one that was released,
// and nobody else has it.
func TestPixelsAreUsedAgain(t *testing.T) {
	t.Parallel()
	again := 0
	for range 100 { // the pool may forget, and under the race detector does
		g := newGray(50, 40)
		first := &g.pix[0]
		g.release()
		if n := newGray(40, 50); len(n.pix) != 2000 || g.pix != nil {
			t.Fatalf("%d pixels, and the released image has %d", len(n.pix), len(g.pix))
		} else if &n.pix[0] == first {
			again++
		}
	}
	if again == 0 {
		t.Error("no image got the memory of another")
	}
}
