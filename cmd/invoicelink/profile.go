package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
	"invoicelink/worker/atomicfile"
)

// profileCmd is `invoicelink profile`: it writes the import profile of a file,
// to be filled in, or lists the profiles that come with the program.
type profileCmd struct {
	File     string `arg:"" optional:"" name:"file" type:"path" help:"Spreadsheet of the layout. Without one, the shipped profiles are listed."`
	Out      string `short:"o" type:"path" help:"File to write. Default: standard output." placeholder:"FILE"`
	Show     string `help:"Print a shipped profile." placeholder:"NAME"`
	Currency string `help:"Currency of rows that name none." placeholder:"CODE"`
	sheetFlags
}

// Run writes what was understood of the file, with the questions about it.
func (c *profileCmd) Run(ctx context.Context, s streams) error {
	switch {
	case c.Show != "":
		p, err := findProfile(c.Show, nil)
		if err != nil {
			return &exit{exitUsage, err}
		}
		text, err := p.YAML()
		if err != nil {
			return err
		}
		_, err = s.out.Write(text)
		return err
	case c.File == "":
		for _, p := range profile.Shipped() {
			fmt.Fprintf(s.out, "%-20s %s\n", p.Name, strings.Join(p.Match, ", "))
		}
		return nil
	}
	o, err := c.options(strings.ToUpper(c.Currency), nil)
	if err != nil {
		return &exit{exitUsage, err}
	}
	book, err := sheet.Read(ctx, c.File, o)
	if book == nil {
		return &exit{exitUsage, err}
	}
	text := book.ProfileSoFar()
	if c.Out == "" {
		_, err := io.WriteString(s.out, text)
		return err
	}
	if _, err := os.Stat(c.Out); err == nil {
		return &exit{exitUsage, fmt.Errorf("write %s: is there already; name another file", c.Out)}
	}
	if err := atomicfile.Write(c.Out, []byte(text), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %s\n", c.Out, plural(len(book.Questions), "question", "questions"))
	return nil
}

// sheetFlags say how spreadsheets are read.
type sheetFlags struct {
	readFlags
	Accept    []string          `sep:"none" help:"Accept notes of this code, such as hidden-rows. Repeatable." placeholder:"NOTE"`
	Profile   []string          `sep:"none" help:"Import profile for the files: a YAML file or the name of a profile. Repeatable; the one that matches is taken." placeholder:"FILE|NAME"`
	Profiles  string            `type:"path" help:"Directory of import profiles (*.yaml) of which the one that matches a file is taken." placeholder:"DIR"`
	MapColumn map[string]string `aliases:"column" env:"INVOICELINK_MAP_COLUMN,INVOICELINK_COLUMN" help:"Read a column as a field: --map-column \"Bill ref=Invoice number\" or F=total. \"-\" ignores it. Repeatable." placeholder:"HEADER=FIELD"`
	SheetName string            `name:"sheet" help:"Sheet to read. Default: the one that has a list." placeholder:"NAME"`
}

func (f sheetFlags) options(currency string, seller *invoice.Seller) (sheet.Options, error) {
	o := sheet.Options{
		MaxRows: f.MaxRows, AcceptRounding: f.AcceptRounding, Columns: f.MapColumn, Sheet: f.SheetName,
		Currency: currency, Check: f.check(seller), Accept: f.Accept,
	}
	o.Library = profile.Shipped()
	if f.Profiles != "" {
		own, err := readProfiles(f.Profiles)
		if err != nil {
			return o, err
		}
		o.Library = append(own, o.Library...)
	}
	var all []error
	for _, name := range f.Profile {
		p, err := findProfile(name, o.Library)
		if err != nil {
			all = append(all, err)
			continue
		}
		o.Profiles = append(o.Profiles, p)
	}
	return o, errors.Join(all...)
}

// readProfiles reads the profiles of a directory.
func readProfiles(dir string) ([]*profile.Profile, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("--profiles: %w", err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("--profiles: %s is no directory", dir)
	}
	var out []*profile.Profile
	var wrong []error
	for _, path := range paths {
		p, err := readProfile(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		out = append(out, p)
	}
	return out, errors.Join(wrong...)
}

// findProfile finds a profile by its name, or reads it from a file.
func findProfile(name string, library []*profile.Profile) (*profile.Profile, error) {
	for _, p := range append(library, profile.Shipped()...) {
		if p.Name == name {
			return p, nil
		}
	}
	if filepath.Ext(name) == "" && !strings.ContainsRune(name, filepath.Separator) {
		if _, err := os.Stat(name); err != nil {
			return nil, fmt.Errorf("--profile: no profile is called %q, and there is no file of that name; \"invoicelink profile\" lists them", name)
		}
	}
	return readProfile(name)
}

func readProfile(path string) (*profile.Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--profile: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, profile.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("--profile: read %s: %w", path, err)
	}
	p, err := profile.Parse(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), data)
	if err != nil {
		return nil, fmt.Errorf("--profile: %w", err)
	}
	return p, nil
}
