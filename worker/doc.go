// Package worker takes requests from the broker and carries each to its end,
// one step a file: intake, link, render, publish, and for what comes later
// renew and settle. One pure function, decide, says what becomes of a job that
// did not go through.
//
// It promises that every accepted invoice ends in exactly one published PDF a
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
