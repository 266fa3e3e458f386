// Package concurrency says how many requests may be in progress at once.
// [Limit] is the controller, a pure state machine; [Gate] holds callers back
// until there is room below a limit that moves.
//
// The limit grows as long as the API's latency holds and nothing is refused,
// and shrinks when the API says 429 or 5xx or becomes slow. It bounds what is
// in progress, not the rate: package ratelimit does that.
package concurrency
