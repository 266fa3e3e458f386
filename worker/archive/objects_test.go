package archive_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"invoicelink/worker/archive"
)

// Any NATS client gets a PDF by its file name.
func TestObjectsAsOthersSeeThem(t *testing.T) {
	t.Parallel()
	js := broker(t)
	a, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	one, two := doc("2026/1", 1, "one"), doc("2026/1", 2, "two")
	put(t, a, one, nil)
	put(t, a, two, ledger{sum(one.Data): 1}.known)
	store, err := js.ObjectStore(t.Context(), "pdfs")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]archive.Document{"2026=2F1.pdf": two, "superseded/2026=2F1.r1.pdf": one} {
		if got, err := store.GetBytes(t.Context(), name); err != nil || string(got) != string(want.Data) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		info, err := store.GetInfo(t.Context(), name)
		if err != nil || info.Headers.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
	// A replaced PDF leaves no chunks behind: two objects of two messages.
	s, err := js.Stream(t.Context(), "OBJ_pdfs")
	if err != nil || s.CachedInfo().State.Msgs != 4 {
		t.Errorf("%d messages, %v", s.CachedInfo().State.Msgs, err)
	}
}

func TestObjectsAreCheckedNotChanged(t *testing.T) {
	t.Parallel()
	js := broker(t)
	if _, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{MaxAge: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{MaxAge: time.Hour, Replicas: 1}); err != nil {
		t.Errorf("the same again: %v", err)
	}
	for want, o := range map[string]archive.ObjectsOptions{
		"keeps PDFs for 1h0m0s instead of 2160h0m0s": {},
		"keeps PDFs for 1h0m0s instead of 0s":        {MaxAge: -1},
		"has 1 replicas instead of 3":                {MaxAge: time.Hour, Replicas: 3},
	} {
		if _, err := archive.Objects(t.Context(), js, o); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "pdfs") {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
	s, err := js.Stream(t.Context(), "OBJ_pdfs")
	if err != nil || s.CachedInfo().Config.MaxAge != time.Hour {
		t.Errorf("it was changed: %+v, %v", s.CachedInfo().Config, err)
	}
	if err := func() error { st, _ := js.ObjectStore(t.Context(), "pdfs"); return st.Seal(t.Context()) }(); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{MaxAge: time.Hour}); err == nil || !strings.Contains(err.Error(), "sealed") {
		t.Errorf("sealed: %v", err)
	}
}

// Workers that start together agree on one bucket.
func TestObjectsOpenedTogether(t *testing.T) {
	t.Parallel()
	js := broker(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// A broker that does not answer is a temporary trouble.
func TestObjectsWithoutBroker(t *testing.T) {
	t.Parallel()
	js := broker(t)
	a, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	js.Conn().Close()
	if _, err := a.Put(t.Context(), doc("INV-1", 1, "x"), nil); err == nil || !archive.Temporary(err) || !strings.Contains(err.Error(), "INV-1.pdf") {
		t.Errorf("got %v", err)
	}
	if _, err := archive.Objects(t.Context(), js, archive.ObjectsOptions{}); err == nil {
		t.Error("it opened")
	}
}

func TestObjectsStoreFull(t *testing.T) {
	t.Parallel()
	a, err := archive.Objects(t.Context(), limited(t, 64<<10), archive.ObjectsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	one := doc("INV-1", 1, "small")
	put(t, a, one, nil)
	_, err = a.Put(t.Context(), doc("INV-1", 2, strings.Repeat("x", 300<<10)), ledger{sum(one.Data): 1}.known)
	if !archive.DiskFull(err) || !archive.Temporary(err) || !strings.Contains(err.Error(), "INV-1.pdf") {
		t.Errorf("got %v", err)
	}
	holds(t, a, "INV-1", 0, one)
}
