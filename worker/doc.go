// Package worker takes requests from the broker and carries each to its end,
// one step per file: intake, session, link, print, publish, and for what comes
// later renew and statements. One pure function, decide, turns the end of an
// attempt into the disposition of its delivery; a breaker pauses calls while
// the way to the API is in trouble.
//
// It promises that every accepted invoice ends in exactly one published PDF per
// revision and that what is printed is what the ledger says. The ledger is
// written before the page is printed, the page is stored before the event is
// published, and the event is published before the request is acknowledged; a
// worker that dies in between leaves a request that the next one resumes where
// the record stands. Creating a link cannot be made idempotent at the API: a
// crash between the call and the record leaves an orphan link behind, which
// was never published.
//
// It reads no spreadsheet and answers no browser.
package worker
