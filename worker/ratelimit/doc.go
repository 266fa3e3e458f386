// Package ratelimit holds the rate of calls to the checkout API, of one process
// or of a fleet, and the pauses that the API asks for. Start with [New] or
// [NewShared]; [Limiter.Wait] comes before each call, [Limiter.Pause] after an
// answer that asks to wait.
//
// It promises that the calls of all limiters on one record together keep to the
// rate, and that each of them heeds a pause of any of them at the latest a
// tenth of a second after it was stored: no call is made on a look at the
// record that is older. If the record cannot be read, nobody calls.
package ratelimit
