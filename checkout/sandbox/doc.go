// Package sandbox imitates the checkout API over HTTP, faithfully enough to
// build and test against: it authenticates, makes sessions and payment links
// with QR codes, shows a pay page, takes pretended payments, sends signed
// callbacks and answers the payments poll. No money moves, and every answer
// says so in the header Invoicelink-Sandbox.
//
// It promises to keep what it acknowledged, also when its process is killed,
// as long as [Config.Dir] is set; to be strict where the real API might be, so
// that mistakes of a client surface here; and to break on request, by a script
// of [Fault] values. Whatever the real API's documentation leaves open is a
// field of [Switches], and no default there claims to be the real behaviour.
//
// It keeps all its state in memory and does not protect it against a power
// cut. The pay page is open to everybody who has the link, as the real one is.
package sandbox
