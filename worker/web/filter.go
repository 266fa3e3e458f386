package web

import (
	"time"

	"invoicelink/invoice"
)

// filter is a choice of states, as the list offers it. An invoice can be in
// several: one that is overdue is open as well.
type filter int

// The filters, in the order of the list.
const (
	filterAll filter = iota
	filterOpen
	filterOverdue
	filterExpiring
	filterLapsed
	filterPaid
	filterReview
	filterRejected
	filterCancelled
	filterCredit
	filterWorking

	filterCount
)

// filterNames are the filters as an address has them.
var filterNames = [filterCount]string{"", "issued", "overdue", "expiring", "lapsed", "paid", "review", "rejected", "cancelled", "credit", "working"}

func (f filter) String() string { return filterNames[f] }

// filterSet is a set of filters, a bit each.
type filterSet uint16

func (s *filterSet) add(f filter) { *s |= 1 << f }

func (s filterSet) has(f filter) bool { return s&(1<<f) != 0 }

// clock is what the lists are asked at.
type clock struct {
	now    time.Time
	today  invoice.Date // in the seller's time zone
	within time.Duration
	zone   *time.Location
}

func (d *Desk) clock() clock {
	now, zone := d.config.Now(), d.config.Seller.Location()
	return clock{now, invoice.Date(now.In(zone).Format(time.DateOnly)), d.config.Expiring, zone}
}
