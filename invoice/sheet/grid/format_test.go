package grid

import "testing"

func TestNumberFormats(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]Class{
		"General": Plain, "0.00": Plain, "#,##0.00 [$DKK-406]": Plain, `#,##0.00 "dkk"`: Plain, "0.00E+00": Plain, "[Red]0.00;(0.00)": Plain, "@": Plain, `0" days"`: Plain,
		"yyyy-mm-dd": Date, "dd/mm/yyyy hh:mm": Date, "[$-F800]dddd, mmmm dd, yyyy": Date, "mmm-yy": Date, "d. mmm": Date, "m/yyyy": Date,
		"h:mm": Clock, "[h]:mm:ss": Clock, "mm:ss": Clock, "0%": Percent, "0.00 %": Percent,
	} {
		if got := NewFormat(164, code).Class; got != want {
			t.Errorf("format %s is class %d, want %d", code, got, want)
		}
	}
	for code, want := range map[string]string{"0000000": "0000042", `"INV-"0000`: "INV-0042", "0": "42", "00-00": "00-42", "General": "42", "#,##0": "42", "0.00": "42"} {
		if got := NewFormat(164, code).Show("42"); got != want {
			t.Errorf("42 in format %s is %s, want %s", code, got, want)
		}
	}
	if got := NewFormat(164, "000").Show("12345"); got != "12345" {
		t.Errorf("12345 in format 000 is %s", got)
	}
}
