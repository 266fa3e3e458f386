package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"invoicelink/invoice/text"
	"invoicelink/worker/batch"
)

const (
	// uploadWithin is how long the largest file may take: 64 MiB at 1 Mbit/s
	// takes nine minutes.
	uploadWithin = 10 * time.Minute
	// uploadStall is how long a file may stand still.
	uploadStall = 15 * time.Second
	maxFileName = 120
)

// upload takes a file, keeps it and shows what was understood. Nothing is
// issued.
func (d *Desk) upload(w http.ResponseWriter, r *http.Request) {
	t := d.texts(r)
	if d.waiting() >= d.config.MaxWaiting {
		d.home(w, r, http.StatusTooManyRequests, t.say("upload.tooMany", d.config.MaxWaiting))
		return
	}
	r.Body = &steady{ReadCloser: r.Body, control: http.NewResponseController(w), until: time.Now().Add(uploadWithin)}
	r.Body = http.MaxBytesReader(w, r.Body, d.config.MaxUpload+(64<<10))
	part, name, err := filePart(r)
	if err != nil {
		d.home(w, r, http.StatusBadRequest, t.say("upload.none"))
		return
	}
	if ext := strings.ToLower(filepath.Ext(name)); !slices.Contains(batch.Extensions(), ext) {
		d.home(w, r, http.StatusUnprocessableEntity, t.say("upload.kind", name))
		return
	}
	id, file, err := d.uploads.Create(name, part)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		d.home(w, r, http.StatusRequestEntityTooLarge, t.say("upload.large", name, d.config.MaxUpload>>20))
		return
	case errors.Is(err, io.ErrUnexpectedEOF), r.Context().Err() != nil:
		d.home(w, r, http.StatusBadRequest, t.say("upload.cut"))
		return
	case err != nil:
		d.trouble(w, r, "keep upload", err)
		return
	}
	m := batch.Info{ID: id, Name: name, At: d.config.Now().UTC(), By: who(r.Context())}
	if err := d.take(r.Context(), m, file); err != nil {
		d.audit(r, "upload refused", "file", name)
		if dropped := d.uploads.Delete(id); dropped != nil {
			d.config.Log.Warn("upload not removed", "batch", id, "error", dropped)
		}
		if whole, ok := t.unreadable(name, err); ok {
			d.home(w, r, http.StatusUnprocessableEntity, whole)
			return
		}
		d.trouble(w, r, "read upload", err)
		return
	}
	d.audit(r, "upload", "batch", id, "file", name)
	http.Redirect(w, r, "/batches/"+id, http.StatusSeeOther)
}

// steady is a body that may take long, but must not stand still.
type steady struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
}

func (s *steady) Read(p []byte) (int, error) {
	by := time.Now().Add(uploadStall)
	if by.After(s.until) {
		by = s.until
	}
	// A server that cannot set deadlines still serves.
	_ = s.control.SetReadDeadline(by)
	return s.ReadCloser.Read(p)
}

// take reads a kept file for the first time, or with other columns, and puts
// it in the store. An error is about a file that is no use at all.
func (d *Desk) take(ctx context.Context, m batch.Info, file batch.File) error {
	u, err := d.readFile(ctx, &m, file, d.config.Seller, true)
	m.Stage = batch.StageChecked
	if err != nil {
		if !askable(u) {
			return err
		}
		m.Stage = batch.StageColumns
	}
	m.Overview = u.Overview()
	if err := d.uploads.Save(m); err != nil {
		return err
	}
	if m.Stage == batch.StageChecked {
		l := d.loaded.get(m.ID, d.config.Now())
		l.loading.Lock()
		l.upload = u
		l.loading.Unlock()
	}
	return nil
}

// waiting counts uploads that nobody has issued or discarded.
func (d *Desk) waiting() (n int) {
	for _, m := range d.uploads.List() {
		if m.Stage == batch.StageChecked || m.Stage == batch.StageColumns {
			n++
		}
	}
	return n
}

// filePart finds the file in a form, without holding it in memory.
func filePart(r *http.Request) (*multipart.Part, string, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, "", err
	}
	for range 10 {
		part, err := form.NextPart()
		if err != nil {
			return nil, "", err
		}
		if part.FormName() == "file" {
			if name := cleanName(part.FileName()); name != "" {
				return part, name, nil
			}
			return nil, "", errors.New("no file was chosen")
		}
	}
	return nil, "", errors.New("form has too many parts")
}

// cleanName is a file's name as it is shown and logged: without a directory,
// control characters or signs that turn the direction of writing, and not too
// long. It never becomes a path.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == '\uFFFD' {
			return -1
		}
		return r
	}, name))
	if name == "." || name == "/" {
		return ""
	}
	if ext := filepath.Ext(name); len([]rune(name)) > maxFileName && len(ext) < 10 {
		return string([]rune(strings.TrimSuffix(name, ext))[:maxFileName-10]) + "…" + ext
	}
	return text.Truncate(name, maxFileName)
}
