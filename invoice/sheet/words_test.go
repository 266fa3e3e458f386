package sheet

import (
	"testing"

	"invoicelink/invoice/sheet/profile"
)

// TestWordsMeanOneThing holds that no folded header stands for two fields and
// that no alias is so near another field that a typing error could move it.
func TestWordsMeanOneThing(t *testing.T) {
	t.Parallel()
	seen := map[string]field{}
	for f, list := range aliases {
		for _, a := range list {
			h := profile.Fold(a)
			if before, ok := seen[h]; ok && before != f {
				t.Errorf("%q means %q and %q", a, specs[before].header, specs[f].header)
			}
			seen[h] = f
			if own, ok := byHeader[h]; ok && own != f {
				t.Errorf("%q means %q and is the header of another field", a, specs[f].header)
			}
			if _, ok := maybe[h]; ok {
				t.Errorf("%q means %q and is unclear", a, specs[f].header)
			}
			if _, ok := weak[h]; ok {
				t.Errorf("%q means %q and is weak", a, specs[f].header)
			}
		}
	}
	for a, f := range seen {
		for b, g := range seen {
			if f != g && nearText(a, b, 10) {
				t.Errorf("%q (%s) and %q (%s) are a letter apart", a, specs[f].header, b, specs[g].header)
			}
		}
	}
	for h := range weak {
		if profile.Fold(h) != h {
			t.Errorf("%q is not folded", h)
		}
	}
	for h := range maybe {
		if profile.Fold(h) != h {
			t.Errorf("%q is not folded", h)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for h, want := range map[string]field{
		"Invoce number": fNumber, "Invoice nubmer": fNumber, "Invoicenumbr": fNumber, "Quantitty": fQuantity, "Qantity": fQuantity, "Unit prise": fUnitPrice, "Due daet": fDueDate,
		"Custmer name": fCustomer, "Descripton": fDescription, "Curency": fCurrency, "Isue date": fIssueDate, "Sesion id": fSession, "Prepayd": fPrepaid, "Rechnungsnumer": fNumber,
		"Notes": noField, "Customer note": noField, "Rate": noField, "Item date": noField, "Discount 2": noField, "": noField, "Data": noField, "Order total": noField,
	} {
		if got := nearest(h); got != want {
			t.Errorf("%q is near field %d, want %d", h, got, want)
		}
	}
}

func TestPathsHaveCells(t *testing.T) {
	t.Parallel()
	for f := range specs {
		path, line := specs[f].path, -1
		if specs[f].line {
			path, line = "lines[12]."+path, 12
		}
		if got, at := byPath(path); got != field(f) || at != line {
			t.Errorf("%s is field %d of line %d, want %d of %d", path, got, at, f, line)
		}
	}
	for path, want := range map[string]field{"lines": fDescription, "buyer.endpoint": fCustomer, "buyer.address": fCustomer, "delivery": fDeliverTo, "localVat": fTaxCurrency, "exemptions[0].code": fExemptionReason, "precedingInvoices[3].issueDate": fOriginal, "rounding": fRounding, "charges[0].amount": fCharge, "": fNumber, "lines[x]": fNumber, "lines[99999999999]": fNumber} {
		if got, _ := byPath(path); got != want {
			t.Errorf("%q is field %d, want %d", path, got, want)
		}
	}
}
