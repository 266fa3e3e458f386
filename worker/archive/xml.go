package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"invoicelink/invoice"
)

// xmlName is the name of a number's e-invoice.
func xmlName(number string) string { return invoice.FileName(number) + ".xml" }

// olderXMLName is the name of what stood there before, by its digest: an
// e-invoice says nothing of revisions, and nobody's file is ever lost.
func olderXMLName(number, sha256 string) string {
	return fmt.Sprintf("%s/%s.%.12s.xml", supersededDir, invoice.FileName(number), sha256)
}

func (d *dir) PutXML(ctx context.Context, doc Document) (Stored, error) {
	if err := doc.check(); err != nil {
		return Stored{}, err
	}
	name := xmlName(doc.Number)
	for tries := 0; ; tries++ {
		if err := ctx.Err(); err != nil {
			return Stored{}, context.Cause(ctx)
		}
		err := d.putXML(name, doc)
		if errors.Is(err, errAppeared) && tries < 3 {
			continue
		}
		if err != nil {
			return Stored{}, err
		}
		return Stored{Name: name, SHA256: digest(doc.Data), Bytes: int64(len(doc.Data))}, nil
	}
}

func (d *dir) putXML(name string, doc Document) error {
	here, err := d.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d.create(name, doc.Data, &d.top)
	case errors.Is(err, errIrregular):
		return foreign(d.at(name), err.Error())
	case err != nil:
		return d.failed("read", name, err)
	case bytes.Equal(here, doc.Data):
		return d.settle(name)
	}
	if err := d.archiveRevision(name, olderXMLName(doc.Number, digest(here)), here); err != nil {
		return err
	}
	return d.replace(name, doc.Data)
}

func (d *dir) OpenXML(ctx context.Context, number string) (io.ReadCloser, Stored, error) {
	if err := ctx.Err(); err != nil {
		return nil, Stored{}, context.Cause(ctx)
	}
	name := xmlName(number)
	data, err := d.read(name)
	if err != nil {
		return nil, Stored{}, d.failed("open", name, err)
	}
	return reader(data), Stored{Name: name, SHA256: digest(data), Bytes: int64(len(data))}, nil
}

func (o *objects) PutXML(ctx context.Context, doc Document) (Stored, error) {
	if err := doc.check(); err != nil {
		return Stored{}, err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	stored := Stored{Name: xmlName(doc.Number), SHA256: digest(doc.Data), Bytes: int64(len(doc.Data))}
	here, err := o.sum(ctx, stored.Name)
	if err != nil {
		return Stored{}, failedObject("read", stored.Name, err)
	}
	if here == stored.SHA256 {
		return stored, nil // acknowledged means synced
	}
	if here != "" {
		if err := o.supersede(ctx, stored.Name, olderXMLName(doc.Number, here), doc.Revision); err != nil {
			return Stored{}, err
		}
	}
	return stored, o.write(ctx, stored.Name, doc.Revision, doc.Data)
}

func (o *objects) OpenXML(ctx context.Context, number string) (io.ReadCloser, Stored, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	name := xmlName(number)
	data, err := o.read(ctx, name)
	if err != nil {
		return nil, Stored{}, failedObject("open", name, err)
	}
	return reader(data), Stored{Name: name, SHA256: digest(data), Bytes: int64(len(data))}, nil
}
