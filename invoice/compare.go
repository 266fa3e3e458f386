package invoice

import "fmt"

// check gathers the differences between claims and computed amounts.
type check struct {
	zero             Amount // no room for a difference
	limit, lineLimit Amount // 0.01 a line for sums, 0.01 for a line; zero without acceptRounding
	problems         Problems
}

// roomBeside is how far a claim may be from the computed amount once it is
// rounded to the currency's decimals: not at all if there is a rounding that the
// invoice states, where the claim is the one that says what is due.
func (k *check) roomBeside(inv *Invoice, saysWhatIsDue bool) Amount {
	if saysWhatIsDue && !inv.Rounding.IsZero() {
		return k.zero
	}
	return k.limit
}

// totalMeant is what a claimed total is compared with. Next to a stated
// rounding, and where no other claim says what is due, a total may hold that
// rounding already.
func (k *check) totalMeant(c Claims, inv *Invoice, t *Totals) Amount {
	claimed, field := inv.claimedDue(c)
	if k.limit.IsZero() || inv.Rounding.IsZero() || field == "payable" {
		return t.Total
	}
	with, err := t.Total.Add(t.Rounding)
	if err != nil {
		return t.Total
	}
	if a, err := claimed.amount(inv.Currency); err == nil && a.Round().Equal(with) {
		return with
	}
	return t.Total
}

// claim compares one amount: the difference as it is claimed may be up to
// limit, and what is left of it in the currency's decimals up to room.
func (k *check) claim(field, what string, claimed Decimal, computed, limit, room Amount) {
	if claimed == "" {
		return
	}
	a, err := claimed.amount(computed.CurrencyCode())
	if err != nil {
		k.problems.add("number-invalid", field, string(claimed), err.Error())
		return
	}
	exact, err := a.Sub(computed)
	if err != nil {
		k.problems.add("claim-differs", field, string(claimed), "cannot be compared: "+err.Error())
		return
	}
	// The same currency again, so this cannot fail where the first did not.
	rounded, _ := a.Round().Sub(computed)
	if within(exact, limit) && within(rounded, room) {
		return
	}
	k.problems.add("claim-differs", field, string(claimed), fmt.Sprintf("%s is %s here, but the lines give %s %s",
		what, claimed, computed.Number(), computed.CurrencyCode()))
}

// within reports whether the amount is at most that far from zero, either way.
func within(a, most Amount) bool {
	if a.IsNegative() {
		var err error
		if a, err = a.Mul("-1"); err != nil {
			return false
		}
	}
	c, err := a.Cmp(most)
	return err == nil && c <= 0
}
