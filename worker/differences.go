package worker

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/event"
)

// maxDifferences bounds the list; two invoices that share only their number
// differ everywhere.
const maxDifferences = 20

// differences lists where an invoice differs from the one that has its number,
// by the path in the request, with both values shortened.
func differences(issued, requested *invoice.Invoice) (event.Problems, error) {
	a, err := tree(issued)
	if err != nil {
		return nil, err
	}
	b, err := tree(requested)
	if err != nil {
		return nil, err
	}
	var out event.Problems
	compare("$", a, b, &out)
	return out, nil
}

// tree is the canonical JSON of an invoice as maps, lists and texts.
func tree(inv *invoice.Invoice) (v any, err error) {
	data, err := json.Marshal(inv.Canonical())
	if err != nil {
		return nil, fmt.Errorf("compare invoices: %w", err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("compare invoices: %w", err)
	}
	return v, nil
}

func compare(path string, a, b any, out *event.Problems) {
	if len(*out) == maxDifferences {
		return
	}
	am, aIsMap := a.(map[string]any)
	bm, bIsMap := b.(map[string]any)
	if aIsMap && bIsMap {
		names := maps.Clone(am)
		maps.Copy(names, bm)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			compare(path+"."+name, am[name], bm[name], out)
		}
		return
	}
	al, aIsList := a.([]any)
	bl, bIsList := b.([]any)
	if aIsList && bIsList {
		for i := range max(len(al), len(bl)) {
			compare(fmt.Sprintf("%s[%d]", path, i), at(al, i), at(bl, i), out)
		}
		return
	}
	if before, now := shown(a), shown(b); before != now {
		*out = append(*out, event.Problem{Path: path, Value: now, Code: "differs", Message: "differs from the invoice that has this number: there it is " + before})
	}
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// shown is a value in at most 80 characters; an object in its JSON.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return text.Quote(v)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "unreadable"
	}
	return text.Truncate(string(data), 80)
}
