package checkout

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

func (l OrderLine) wire(i int, p *problems) wireLine {
	w := wireLine{ItemID: l.ItemID, Description: cut(l.Description, maxDescription), GoodsType: l.GoodsType}
	var err error
	if w.Quantity, err = quantity(l.Quantity); err != nil {
		p.add("line %d: quantity %w", i+1, err)
	}
	if w.UnitPrice, err = fixed2(l.UnitPrice); err != nil {
		p.add("line %d: unit price %w", i+1, err)
	}
	if w.TaxAmount, err = fixed2(l.TaxAmount); err != nil {
		p.add("line %d: tax amount %w", i+1, err)
	}
	if l.ItemID == "" || !plain(l.ItemID, maxText) {
		p.add("line %d: item id is missing, too long or not plain text", i+1)
	}
	if strings.TrimSpace(l.Description) == "" {
		p.add("line %d: description is missing", i+1)
	} else if !plain(w.Description, maxDescription) {
		p.add("line %d: description contains control characters", i+1)
	}
	if !plain(l.GoodsType, maxText) {
		p.add("line %d: goods type is too long or not plain text", i+1)
	}
	return w
}

func (c Customer) wire(p *problems) wireCustomer {
	for _, f := range []struct{ name, text string }{
		{"first name", c.FirstName}, {"last name", c.LastName}, {"e-mail", c.Email},
		{"street", c.Billing.Street}, {"city", c.Billing.City}, {"zip code", c.Billing.Zip},
	} {
		if !plain(f.text, maxText) {
			p.add("customer: %s is longer than %d characters or not plain text", f.name, maxText)
		}
	}
	if c.FirstName == "" && c.LastName == "" {
		p.add("customer: name is missing")
	}
	if b := c.Billing.Country; b != "" && !countryForm.MatchString(b) {
		p.add("customer: country %q is not two capital letters", excerpt(b, 20))
	}
	return wireCustomer{FirstName: c.FirstName, LastName: c.LastName, Email: c.Email,
		Billing: wireAddress{Street: c.Billing.Street, City: c.Billing.City, Country: c.Billing.Country, Zip: c.Billing.Zip}}
}

func (r *SessionRequest) info(p *problems) map[string]string {
	if len(r.TransactionInfo) > maxInfo {
		p.add("transaction info has %d entries; %d are allowed", len(r.TransactionInfo), maxInfo)
		return nil
	}
	for k, v := range r.TransactionInfo {
		if k == "" || !plain(k, maxText) || !plain(v, maxInfoText) {
			p.add("transaction info %q is empty, too long or not plain text", excerpt(k, 40))
		}
	}
	return r.TransactionInfo
}

func (c *Callbacks) wire(p *problems) *wireCallbacks {
	if c == nil || *c == (Callbacks{}) {
		return nil
	}
	w := &wireCallbacks{Redirect: c.Redirect, Notification: c.Notification, BodyFormat: c.BodyFormat}
	for _, f := range []struct{ name, text string }{
		{"success", c.Success}, {"failure", c.Failure}, {"redirect", c.Redirect}, {"notification", c.Notification},
	} {
		if f.text != "" && !webURL(f.text) {
			p.add("%s callback %q is not an absolute http or https URL of at most %d bytes", f.name, excerpt(f.text, 80), maxURL)
		}
	}
	if c.Success != "" {
		w.Success = &wireURL{"URL", c.Success}
	}
	if c.Failure != "" {
		w.Failure = &wireURL{"URL", c.Failure}
	}
	if c.BodyFormat != "" && c.BodyFormat != "XML" && c.BodyFormat != "JSON" {
		p.add("callback body format %q is neither XML nor JSON", excerpt(c.BodyFormat, 20))
	}
	return w
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n]))
}

// plain reports whether s is valid text of at most n characters without
// control characters.
func plain(s string, n int) bool {
	return utf8.ValidString(s) && !hasControl(s) && utf8.RuneCountInString(s) <= n
}

// webURL reports whether s is an absolute web address without user data.
func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURL && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}
