package csv_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/grid"
)

// forms are the forms that a file may have.
func forms(data []byte) ([]csv.Form, error) {
	d := csv.NewDetector(data[:min(len(data), 4096)])
	if _, err := d.Write(data); err != nil {
		return nil, err
	}
	return d.Forms()
}

// headers counts the headers of the tests in a row.
func headers(r *grid.Row) (n int) {
	for _, c := range r.Cells {
		if slices.Contains([]string{"a", "b", "name", "Nazwa"}, c.Text) {
			n++
		}
	}
	return n
}

// records reads a file in its likeliest form as "1:a|b" for each row.
func records(data []byte) (string, error) {
	all, err := forms(data)
	if err != nil {
		return "", err
	}
	f := csv.Open(bytes.NewReader(data), int64(len(data)), all[0])
	f.DetectComma(25, headers)
	rows, err := f.Rows()
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var out []string
	for {
		r, err := rows.Next()
		if err == io.EOF {
			return strings.Join(out, " "), nil
		}
		if err != nil {
			return "", err
		}
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, c.Text)
		}
		out = append(out, fmt.Sprintf("%d:%s", r.Num, strings.Join(cells, "|")))
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ data, want string }{
		"comma":          {"a,b\n1,2\n", "1:a|b 2:1|2"},
		"semicolon":      {"a;b\r\n1,5;2\r\n", "1:a|b 2:1,5|2"},
		"tab":            {"a\tb\n1\t2", "1:a|b 2:1|2"},
		"pipe":           {"a|b\n1|2\n", "1:a|b 2:1|2"},
		"quotes":         {"a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\nz,9\n", "1:a|b 2:x, \"y\"|two\nlines 4:z|9"},
		"byte order":     {"\xef\xbb\xbfa,b\n1,2\n", "1:a|b 2:1|2"},
		"hint":           {"sep=;\na;b\n1;2\n", "2:a|b 3:1|2"},
		"returns":        {"a,b\r1,2\r", "1:a|b 2:1|2"},
		"blank rows":     {"a,b\n\n\n1,2\n", "1:a|b 4:1|2"},
		"ragged":         {"a,b,c\n1\n1,2,3,4\n", "1:a|b|c 2:1 3:1|2|3|4"},
		"no end":         {"a,b\n1,2", "1:a|b 2:1|2"},
		"blank in cells": {"a,b\n , \n1, 2 \n", "1:a|b 2: 3:1| 2 "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := records([]byte(tt.data)); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	for want, tt := range map[csv.Encoding]struct {
		code encoding.Encoding
		text string
	}{
		csv.Windows1250: {charmap.Windows1250, "Łódź Kraków Świętokrzyska Żółć Poznań Gdańsk Częstochowa"},
		csv.Windows1251: {charmap.Windows1251, "Привет Москва Компания Заказчик Оплата Клиент"},
		csv.Windows1252: {charmap.Windows1252, "Ærøskøbing Håndværk Møbler København Lærkevej"},
		csv.Windows1253: {charmap.Windows1253, "Αθήνα Πελάτης Τιμολόγιο Εταιρεία Θεσσαλονίκη"},
		csv.ShiftJIS:    {japanese.ShiftJIS, "株式会社 東京 請求書 お客様 消費税"},
		csv.UTF16LE:     {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "Łódź Ærø"},
		csv.UTF16BE:     {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "Łódź Ærø"},
		csv.UTF8:        {encoding.Nop, "Łódź Ærø Αθήνα"},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			data, err := tt.code.NewEncoder().Bytes([]byte("name,b\n" + tt.text + ",2\n"))
			if err != nil {
				t.Fatal(err)
			}
			all, err := forms(data)
			if err != nil || !slices.ContainsFunc(all, func(f csv.Form) bool { return f.Encoding == want }) {
				t.Fatalf("forms are %+v, %v, want one in %s", all, err, want)
			}
			if got, err := records(data); all[0].Encoding == want && (err != nil || got != "1:name|b 2:"+tt.text+"|2") {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

// TestSeveralLanguages holds that a file with names of several languages is read
// in the encoding that has letters for all of them.
func TestSeveralLanguages(t *testing.T) {
	t.Parallel()
	data, err := charmap.Windows1252.NewEncoder().Bytes([]byte("name,b\nÆrøskøbing,1\nMüller Straße,2\nEspaña,3\nfaçade,4\nÖresund,5\n"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := forms(data)
	if err != nil || all[0].Encoding != csv.Windows1252 {
		t.Errorf("forms are %+v, %v", all, err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ data, want string }{
		"NUL":              {"a,b\n1\x00,2\n", "NUL byte in line 2"},
		"UTF-32":           {"\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32"},
		"half UTF-8":       {"\xef\xbb\xbfa,b\n\xff\xfe,2\n", "bytes that are not"},
		"too many columns": {strings.Repeat(",", grid.MaxColumns+1) + "\n1\n", "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := records([]byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("read %q, error %v, want one of %q", got, err, tt.want)
			}
		})
	}
	_, err := records([]byte("a,b\n\"1,2\n3,4\n"))
	if q, ok := errors.AsType[*csv.QuoteError](err); !ok || len(q.Faults) == 0 || q.Faults[0].Line != 2 {
		t.Errorf("an open quotation mark: %v", err)
	}
}

// TestCopyKeepsTheForm writes a file back with a column more: separator, line
// ends, encoding and everything else stay. UTF-8 beyond ASCII gets a byte order
// mark, without which Excel reads it as something else.
func TestCopyKeepsTheForm(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]encoding.Encoding{"utf-8": encoding.Nop, "windows-1250": charmap.Windows1250} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := code.NewEncoder().Bytes([]byte("Nazwa;b\r\nŁódź Święto Żółć Gdańsk Kraków;\"1;5\"\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := code.NewEncoder().Bytes([]byte("Nazwa;b;Stan\r\nŁódź Święto Żółć Gdańsk Kraków;\"1;5\";ok\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			all, err := forms(in)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, func(f csv.Form) bool { return string(f.Encoding) == name })
			if i < 0 {
				t.Fatalf("forms are %+v", all)
			}
			f := csv.Open(bytes.NewReader(in), int64(len(in)), all[i])
			f.DetectComma(25, headers)
			var out bytes.Buffer
			err = f.Copy(t.Context(), &out, func(func(string) bool) {}, func(line int, record []string) []string {
				return append(record, map[int]string{1: "Stan", 2: "ok"}[line])
			})
			if err != nil || !bytes.Equal(bytes.TrimPrefix(out.Bytes(), []byte("\ufeff")), want) {
				t.Errorf("wrote %q, %v, want %q", out.Bytes(), err, want)
			}
		})
	}
}
