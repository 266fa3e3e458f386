package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// maxProfile is the largest seller profile that is read.
const maxProfile = 64 << 10

// sellerFile is the profile as it is written: images and fonts are files next
// to it.
type sellerFile struct {
	invoice.Seller  `yaml:",inline"`
	LogoFile        string `yaml:"logo"`
	LetterPaperFile string `yaml:"letter_paper"`
	FontFile        string `yaml:"font"`
	FontBoldFile    string `yaml:"font_bold"`
}

// readSeller reads a seller profile. Unknown keys are errors with their place,
// and everything that is wrong is reported at once.
func readSeller(path string) (*invoice.Seller, error) {
	if path == "" {
		return nil, errors.New("seller profile is missing; give --seller FILE (INVOICELINK_SELLER), a YAML file as in fixtures/seller.yaml")
	}
	data, err := readLimited(path, maxProfile)
	if err != nil {
		return nil, fmt.Errorf("read seller profile: %w", err)
	}
	var f sellerFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read seller profile %s:\n%s", path, yaml.FormatError(err, false, true))
	}
	s := &f.Seller
	s.IBAN = strings.ToUpper(strings.ReplaceAll(s.IBAN, " ", ""))
	s.BIC, s.Currency = strings.ToUpper(s.BIC), strings.ToUpper(s.Currency)
	s.VATID = strings.ToUpper(strings.ReplaceAll(s.VATID, " ", ""))
	for _, part := range []struct {
		key, file string
		to        *[]byte
		most      int64
	}{
		{"logo", f.LogoFile, &s.Logo, invoice.MaxLogoBytes}, {"letter_paper", f.LetterPaperFile, &s.Design.LetterPaper, invoice.MaxLogoBytes},
		{"font", f.FontFile, &s.Design.Font, invoice.MaxFontBytes}, {"font_bold", f.FontBoldFile, &s.Design.FontBold, invoice.MaxFontBytes},
	} {
		if part.file == "" {
			continue
		}
		name := part.file
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		if *part.to, err = readLimited(name, part.most); err != nil {
			return nil, fmt.Errorf("read seller profile %s: %s: %w", path, part.key, err)
		}
	}
	problems := append(s.Validate(), pdf.PrintableSeller(s)...)
	if len(problems) > 0 {
		return nil, fmt.Errorf("seller profile %s cannot be used:\n%s", path, profileProblems(problems))
	}
	return s, nil
}

// profileProblems lists problems of a profile, one per line.
func profileProblems(all invoice.Problems) string {
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = "  " + strings.TrimPrefix(p.Field, "seller.") + ": " + p.Message
	}
	return strings.Join(texts, "\n")
}

func readLimited(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, most)
	}
	return data, nil
}
