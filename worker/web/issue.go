package web

import (
	"context"
	"errors"
	"time"

	"invoicelink/worker/batch"
	"invoicelink/worker/ctxtime"
	"invoicelink/worker/event"
)

// errOtherPlan says that what would be issued is not what was shown.
var errOtherPlan = errors.New("upload would be issued otherwise than it was shown")

// errNothing says that an upload holds nothing to issue.
var errNothing = errors.New("upload has no invoice that can be issued")

// issue starts publishing an upload, once: who comes second, by a double click
// or from another tab, finds it started and that is fine. begun reports who
// was first. The requests go out in the background, since whoever asked may
// close the page; the manifest says so first, so that a restart goes on.
func (d *Desk) issue(ctx context.Context, id, plan, by string) (begun bool, err error) {
	l := d.loaded.get(id, d.config.Now())
	l.loading.Lock()
	defer l.loading.Unlock()
	if err := d.fill(ctx, l); err != nil {
		return false, err
	}
	m, ok := d.uploads.Info(id)
	switch {
	case !ok:
		return false, errGone
	case m.Stage != batch.StageChecked:
		return false, nil
	case l.upload.Len() == 0:
		return false, errNothing
	case plan != l.upload.Digest():
		return false, errOtherPlan
	}
	if m.Seller, err = d.config.Ledger.SaveSeller(ctx, d.config.Seller); err != nil {
		return false, err
	}
	if m.From, err = d.config.Broker.NextEventSeq(ctx); err != nil {
		return false, err
	}
	m.Stage, m.IssuedAt, m.IssuedBy, m.Count = batch.StagePublishing, d.config.Now().UTC(), by, l.upload.Count()
	m.Fresh = d.compare(ctx, l.upload).Sums
	begun, err = d.uploads.CompareAndSave(m, batch.StageChecked)
	if begun {
		d.followOn(l)
	}
	return begun, err
}

// followOn publishes what is not published and waits for the answers, in the
// background, once an upload.
func (d *Desk) followOn(l *loadedUpload) {
	l.mu.Lock()
	already := l.followed
	l.followed = true
	l.mu.Unlock()
	if already || d.ctx.Err() != nil {
		return
	}
	d.wg.Go(func() {
		defer func() {
			l.mu.Lock()
			l.followed = false
			l.mu.Unlock()
			l.notify()
		}()
		for wait := time.Second; d.ctx.Err() == nil; wait = min(2*wait, 30*time.Second) {
			err := d.carry(d.ctx, l)
			if err == nil || errors.Is(err, errGone) {
				l.setTrouble("")
				return
			}
			if d.ctx.Err() != nil {
				return
			}
			d.config.Log.Error("upload is not carried on; trying again", "batch", l.id, "error", err, "after", wait)
			l.setTrouble(err.Error())
			_ = ctxtime.Sleep(d.ctx, wait) // or until Close
		}
	})
}

// carry brings an upload from where its manifest says it is to its end.
func (d *Desk) carry(ctx context.Context, l *loadedUpload) error {
	l.loading.Lock()
	err := d.fill(ctx, l)
	l.loading.Unlock()
	if err != nil {
		return err
	}
	m, ok := d.uploads.Info(l.id)
	if !ok {
		return errGone
	}
	u := l.upload
	if m.Stage == batch.StagePublishing {
		seller, err := d.config.Ledger.Seller(ctx, m.Seller)
		if err != nil {
			return err
		}
		err = u.Publish(ctx, d.config.Broker, d.config.Ledger, batch.PublishOptions{
			Seller: seller, By: m.IssuedBy, AcceptRounding: d.config.AcceptRounding || m.AcceptRounding, From: m.From,
		})
		if err != nil {
			return err
		}
		m.Stage = batch.StagePublished
		if err := d.uploads.Save(m); err != nil {
			return err
		}
		l.setTrouble("")
	}
	if m.Stage != batch.StagePublished {
		return nil
	}
	if d.config.Now().Sub(m.IssuedAt) > recallAfter {
		if err := u.RecallFrom(ctx, d.config.Ledger); err != nil {
			return err
		}
	}
	if err := u.Wait(ctx, d.config.Broker, func(event.Status) { l.notify() }); err != nil {
		return err
	}
	answers, err := u.Answers()
	if err != nil {
		return err
	}
	if err := d.uploads.SaveAnswers(m.ID, answers); err != nil {
		return err
	}
	m.Stage, m.DoneAt, m.Count = batch.StageDone, d.config.Now().UTC(), u.Count()
	m.Fresh = u.Sums(func(row *batch.Row) bool { return issuedTab(row) == tabIssued })
	return d.uploads.Save(m)
}

// recallAfter is the age at which answers may be gone from the broker, which
// keeps events for broker.EventsAge, so that the ledger is asked first.
const recallAfter = 60 * 24 * time.Hour

// resumeAll takes up again what a restart cut short.
func (d *Desk) resumeAll() {
	for _, m := range d.uploads.List() {
		if m.Stage == batch.StagePublishing || m.Stage == batch.StagePublished {
			d.followOn(d.loaded.get(m.ID, d.config.Now()))
		}
	}
}
