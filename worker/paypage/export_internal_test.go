package paypage

import (
	"runtime"
	"sync"
)

// EndAt makes the goroutine of a visit end before the step, as a kill ends it:
// nothing after it is done, and what was reserved stays so.
func (p *Page) EndAt(step string) {
	var once sync.Once
	p.reached = func(s string) {
		if s == step {
			once.Do(runtime.Goexit)
		}
	}
}

// Steps are all of them, in order.
var Steps = []string{"ask payments", "reserve attempt", "create session", "take session", "create link", "take link", "record link"}

// Impatient has visitors not wait for the link that another one makes.
func (p *Page) Impatient() { p.patience = 0 }
