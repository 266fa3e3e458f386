package web

import (
	"context"
	"slices"
	"strconv"
	"time"

	"invoicelink/worker/batch"
	"invoicelink/worker/ledger"
)

// standing is what issuing a row of an upload would do, by what the ledger
// knows.
type standing string

// The standings, in the order of the tiles.
const (
	standingNew     standing = "new"     // it is issued
	standingSame    standing = "same"    // it is issued already, with the same content
	standingDiffers standing = "differs" // another content is issued under its number
	standingKept    standing = "kept"    // the file has a problem with it
)

// standingOf compares a row with the ledger. The worker has the last word: it
// refuses what differs, and answers for what is there already with what was
// issued.
func (d *Desk) standingOf(row *batch.Row) standing {
	if !row.OK() {
		return standingKept
	}
	e, known := d.index.get(row.Number)
	ended := e.State == string(ledger.Rejected) || e.State == string(ledger.Failed)
	switch {
	case !known:
		return standingNew
	case e.digest == digestKey(row.Digest) && !ended:
		return standingSame
	case e.digest != digestKey(row.Digest) && (e.immutable || e.State == string(ledger.Cancelled)):
		return standingDiffers
	}
	return standingNew
}

// standingCounts counts an upload's rows by standing.
type standingCounts struct{ New, Same, Differs, Kept int }

// Left is how many rows issuing leaves out.
func (c standingCounts) Left() int { return c.Differs + c.Kept }

func (c standingCounts) Of(s standing) int {
	return map[standing]int{standingNew: c.New, standingSame: c.Same, standingDiffers: c.Differs, standingKept: c.Kept}[s]
}

// compared is an upload compared with the ledger.
type compared struct {
	Counts standingCounts
	Sums   []batch.Sum // of the new ones
}

// compare compares each row with the ledger, once the lists hold all of it.
func (d *Desk) compare(ctx context.Context, u *batch.Upload) compared {
	d.awaitIndex(ctx)
	var c compared
	c.Sums = u.Sums(func(row *batch.Row) bool { return d.standingOf(row) == standingNew })
	for _, row := range u.Rows() {
		switch d.standingOf(&row) {
		case standingNew:
			c.Counts.New++
		case standingSame:
			c.Counts.Same++
		case standingDiffers:
			c.Counts.Differs++
		case standingKept:
			c.Counts.Kept++
		}
	}
	return c
}

// readingWithin is how long a page waits after a start for the lists: 100,000
// records take about 3 s.
const readingWithin = 10 * time.Second

func (d *Desk) awaitIndex(ctx context.Context) {
	if d.index.complete() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readingWithin)
	defer cancel()
	select {
	case <-d.index.ready:
	case <-ctx.Done():
	}
}

// rowOf picks the row that a page names, from 1; without a name it is the first
// that can be issued. It is nil where there is none.
func rowOf(u *batch.Upload, name string) (row *batch.Row, number int) {
	rows := u.Rows()
	if n, err := strconv.Atoi(name); err == nil {
		if n < 1 || n > len(rows) || !rows[n-1].OK() {
			return nil, 0
		}
		return &rows[n-1], n
	}
	if i := slices.IndexFunc(rows, func(r batch.Row) bool { return r.OK() }); i >= 0 {
		return &rows[i], i + 1
	}
	return nil, 0
}
