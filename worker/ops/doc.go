// Package ops is what operators and their machines ask a running worker: is it
// alive, is it ready, and how does it get on.
//
// It promises that asking often costs little: checks run at most once every
// few seconds however many ask, and the ledger is searched only where somebody
// reads the metrics, at most once a minute. Its metrics live in a registry of
// their own and begin with invoicelink_.
//
// It guards nothing: who may read the metrics is decided where they are
// mounted. It keeps no history and sends nothing.
package ops
