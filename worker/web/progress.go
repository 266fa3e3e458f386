package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"invoicelink/worker/batch"
)

const (
	// progressEvery is the least time between two messages to one browser:
	// each holds the whole count, so those in between are left out.
	progressEvery = 200 * time.Millisecond
	// heartbeat keeps proxies from cutting a quiet connection.
	heartbeat = 15 * time.Second
	// writeWithin is how long a browser may take for one message.
	writeWithin = 20 * time.Second
)

// progress is one message: whole counts, so that whoever missed some is right
// with the next.
type progress struct {
	Good     int    `json:"good"`     // issued by this upload
	Repeated int    `json:"repeated"` // issued before it
	Bad      int    `json:"bad"`
	Open     int    `json:"open"`
	Answered int    `json:"answered"`
	Total    int    `json:"total"`
	Text     string `json:"text"`
	Trouble  string `json:"trouble,omitempty"`
	Done     bool   `json:"done"`
}

func (d *Desk) progressOf(l *loadedUpload, t *texts) progress {
	c := l.upload.Count()
	m, _ := d.uploads.Info(l.id)
	p := progress{Good: c.Good - c.Repeated, Repeated: c.Repeated, Bad: c.Bad, Open: c.Open, Total: l.upload.Len(), Done: m.Stage == batch.StageDone, Trouble: l.troubled()}
	if p.Trouble != "" && !t.english() {
		p.Trouble = t.say("watch.trouble")
	}
	p.Answered = p.Total - p.Open
	p.Text = t.say("watch.count", t.whole(p.Answered), t.whole(p.Total))
	return p
}

// streamProgress sends the counts as they change, as server-sent events (HTML
// Living Standard, section 9.2), until the upload is done. A browser that is
// slow gets fewer of them, and one that comes back gets the newest.
func (d *Desk) streamProgress(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l, err := d.load(r.Context(), m.ID)
	if err != nil {
		d.trouble(w, r, "stream progress", err)
		return
	}
	t, control := d.texts(r), http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // nginx holds events back otherwise
	send := func(format string, args ...any) bool {
		// A server that cannot set deadlines still serves.
		_ = control.SetWriteDeadline(time.Now().Add(writeWithin))
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return false
		}
		return control.Flush() == nil
	}
	if !send("retry: 2000\n\n") {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	gap := time.NewTicker(progressEvery)
	defer gap.Stop()
	for {
		if _, in := d.identify(r); !in { // logged out, or removed, meanwhile
			return
		}
		changed := l.watch() // before counting: what follows is not missed
		p := d.progressOf(l, t)
		data, err := json.Marshal(p)
		if err != nil || !send("id: %d\ndata: %s\n\n", p.Answered, data) || p.Done {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-changed:
				waiting = false
			case <-beat.C:
				if !send(": still here\n\n") {
					return
				}
			case <-r.Context().Done():
				return
			case <-d.ctx.Done():
				return
			}
		}
		select {
		case <-gap.C:
		case <-r.Context().Done():
			return
		case <-d.ctx.Done():
			return
		}
	}
}
