package archive

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is the object store's bucket for PDFs. Its stream is OBJ_ and this
// name; `nats object get pdfs INV-1.pdf` reads from it.
const Bucket = "pdfs"

// DefaultMaxAge is how long the bucket keeps a PDF. After an unclean stop the
// server reads every byte that it keeps, at about 1.7 GB/s from memory
// (measured), so PDFs do not stay permanently; one that is gone is rendered again
// from the ledger.
const DefaultMaxAge = 90 * 24 * time.Hour

// ErrBucketDiffers is wrapped by Objects where the bucket exists with other
// options.
var ErrBucketDiffers = errors.New("object store bucket exists with another configuration")

// objectTimeout bounds one request to the store, where ctx has no deadline.
const objectTimeout = 30 * time.Second

// writeTimeout bounds one try to write, and a second more for each MiB. A
// cluster whose leader dies with a part in its hand never answers it; writing
// again replaces what is there.
const writeTimeout = 6 * time.Second

// ObjectsOptions describe the bucket. They matter where it is created; where
// it is there they must agree with it.
type ObjectsOptions struct {
	Replicas int           // copies in a cluster, 1 to 5; 0 makes 1 and takes what is there
	MaxAge   time.Duration // 0 is DefaultMaxAge; below 0 PDFs are kept permanently
}

type objects struct{ store jetstream.ObjectStore }

// Objects opens the archive in the bucket, which it creates if it is missing.
// It fails when the bucket is there with other options: they are never changed
// silently.
//
// A Put of 40 KB is two messages, two syncs, and one more look at what is
// there; replacing one costs another such pair to keep the older PDF.
func Objects(ctx context.Context, js jetstream.JetStream, o ObjectsOptions) (Archive, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	want := jetstream.ObjectStoreConfig{
		Bucket:      Bucket,
		Description: "finished invoices: <number>.pdf is the newest, superseded/ holds older ones",
		TTL:         o.MaxAge,
		Storage:     jetstream.FileStorage,
		Replicas:    max(1, o.Replicas),
	}
	switch {
	case o.MaxAge == 0:
		want.TTL = DefaultMaxAge
	case o.MaxAge < 0:
		want.TTL = 0
	}
	store, err := js.ObjectStore(ctx, Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		store, err = createBucket(ctx, js, want)
		if errors.Is(err, jetstream.ErrBucketExists) { // another worker was first
			store, err = js.ObjectStore(ctx, Bucket)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the object store bucket %s: %w", Bucket, err)
	}
	want.Replicas = o.Replicas
	if err := agree(ctx, store, want); err != nil {
		return nil, err
	}
	return &objects{store}, nil
}

// createBucket makes the bucket. Its messages have no ids, and a start reads all that
// are younger than the window for these, the default of which is two minutes.
func createBucket(ctx context.Context, js jetstream.JetStream, want jetstream.ObjectStoreConfig) (jetstream.ObjectStore, error) {
	store, err := js.CreateObjectStore(ctx, want)
	if err != nil {
		return nil, err
	}
	s, err := js.Stream(ctx, "OBJ_"+want.Bucket)
	if err != nil {
		return nil, err
	}
	c := s.CachedInfo().Config
	c.Duplicates = 100 * time.Millisecond // the shortest that a server takes
	_, err = js.UpdateStream(ctx, c)
	return store, err
}

// agree compares the bucket with what is wanted.
func agree(ctx context.Context, store jetstream.ObjectStore, want jetstream.ObjectStoreConfig) error {
	st, err := store.Status(ctx)
	if err != nil {
		return fmt.Errorf("check the object store bucket %s: %w", Bucket, err)
	}
	var diff []string
	if st.TTL() != want.TTL {
		diff = append(diff, fmt.Sprintf("keeps PDFs for %s instead of %s", st.TTL(), want.TTL))
	}
	if want.Replicas > 0 && st.Replicas() != want.Replicas {
		diff = append(diff, fmt.Sprintf("has %d replicas instead of %d", st.Replicas(), want.Replicas))
	}
	if st.Storage() != want.Storage {
		diff = append(diff, fmt.Sprintf("is stored in %s instead of %s", st.Storage(), want.Storage))
	}
	if st.Sealed() {
		diff = append(diff, "is sealed")
	}
	if len(diff) > 0 {
		return fmt.Errorf("%w: %s %s; change the bucket or the configuration, it is not changed by itself",
			ErrBucketDiffers, Bucket, strings.Join(diff, " and "))
	}
	return nil
}

func (o *objects) Put(ctx context.Context, doc Document, known Known) (Stored, error) {
	if err := doc.check(); err != nil {
		return Stored{}, err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	stored := Stored{Name: newestName(doc.Number), SHA256: digest(doc.Data), Bytes: int64(len(doc.Data))}
	here, err := o.sum(ctx, stored.Name)
	if err != nil {
		return Stored{}, failedObject("read", stored.Name, err)
	}
	m, revision, err := plan(doc, stored.SHA256, here, place(stored.Name), known)
	if err != nil {
		return Stored{}, err
	}
	switch m {
	case nothing: // acknowledged means synced
	case create, replace:
		err = o.write(ctx, stored.Name, doc.Revision, doc.Data)
	case supersede:
		if err = o.supersede(ctx, stored.Name, olderName(doc.Number, revision), revision); err == nil {
			err = o.write(ctx, stored.Name, doc.Revision, doc.Data)
		}
	case archiveRevision:
		stored.Name = olderName(doc.Number, doc.Revision)
		err = o.archiveRevision(ctx, stored.Name, doc.Revision, doc.Data)
	}
	if err != nil {
		return Stored{}, err
	}
	return stored, nil
}

// supersede copies the newest PDF to the older one's name.
func (o *objects) supersede(ctx context.Context, from, name string, revision int) error {
	data, err := o.read(ctx, from)
	if err != nil {
		return failedObject("read", from, err)
	}
	return o.archiveRevision(ctx, name, revision, data)
}

// archiveRevision keeps data under an older one's name.
func (o *objects) archiveRevision(ctx context.Context, name string, revision int, data []byte) error {
	kept, err := o.sum(ctx, name)
	switch sum := digest(data); {
	case err != nil:
		return failedObject("read", name, err)
	case kept == sum:
		return nil
	case kept != "":
		return fmt.Errorf("%w: %s has SHA-256 %s, the new one %s: compare the two and move the kept one away", ErrDiffers, place(name), kept, sum)
	}
	return o.write(ctx, name, revision, data)
}

func (o *objects) write(ctx context.Context, name string, revision int, data []byte) error {
	content := "application/pdf"
	if strings.HasSuffix(name, ".xml") {
		content = "application/xml"
	}
	meta := jetstream.ObjectMeta{
		Name:     name,
		Headers:  nats.Header{"Content-Type": {content}},
		Metadata: map[string]string{"revision": strconv.Itoa(revision)},
	}
	for {
		attempt, cancel := context.WithTimeout(ctx, writeTimeout+time.Duration(len(data)>>20)*time.Second)
		_, err := o.store.Put(attempt, meta, reader(data))
		cancel()
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
			return failedObject("write", name, err)
		}
	}
}

func (o *objects) Open(ctx context.Context, number string, revision int) (io.ReadCloser, Stored, error) {
	name, err := nameOf(number, revision)
	if err != nil {
		return nil, Stored{}, err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	data, err := o.read(ctx, name)
	if err != nil {
		return nil, Stored{}, failedObject("open", name, err)
	}
	return reader(data), Stored{Name: name, SHA256: digest(data), Bytes: int64(len(data))}, nil
}

func (o *objects) Has(ctx context.Context, number, sha256 string) (bool, error) {
	name, err := nameOf(number, 0)
	if err != nil {
		return false, err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	here, err := o.sum(ctx, name)
	if err != nil {
		return false, failedObject("read", name, err)
	}
	return here != "" && here == strings.ToLower(sha256), nil
}

// sum is the SHA-256 of an object in hex; "" where there is none.
func (o *objects) sum(ctx context.Context, name string) (string, error) {
	info, err := o.store.GetInfo(ctx, name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	raw, err := jetstream.DecodeObjectDigest(info.Digest)
	if err != nil || len(raw) != 32 {
		return "", fmt.Errorf("%w: its digest is %.100q", fs.ErrInvalid, info.Digest)
	}
	return hex.EncodeToString(raw), nil
}

// read gives an object's bytes, checked against its digest.
func (o *objects) read(ctx context.Context, name string) ([]byte, error) {
	r, err := o.store.Get(ctx, name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("it has more than %d bytes", MaxBytes)
	}
	return data, nil
}

func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, objectTimeout)
}

func place(name string) string { return name + " in the object store bucket " + Bucket }

func failedObject(verb, name string, err error) error {
	if DiskFull(err) {
		return fmt.Errorf("%s %s: its store is full; raise its limit or remove messages: %w", verb, place(name), err)
	}
	return fmt.Errorf("%s %s: %w", verb, place(name), err)
}
