// Package checkout is the client of the checkout API. Start with [New], then
// [Client.CreateSession] for what is to be paid, [Client.CreateLink] for a
// payment link on it, and [ReadQR] for the code that came with the link. What
// was paid comes by [ParseCallback], after [VerifySignature], or is asked for
// by [Client.Payments]. README.md says what is known of the API and what is not.
//
// It promises:
//
//   - Every call that fails ends in an [*Error] that says what was called,
//     whose trouble it is ([Error.Class]), whether the request may have reached the server, whether trying
//     the same again can help and how long the server asked to wait. The two
//     exceptions are a [Config] and a request that are refused before anything
//     is sent, and they are [*Error] values too, of [KindRequest].
//   - A POST is never sent twice behind the caller's back. Creating a link is
//     not idempotent and the API documents no key that would make it so.
//     The only second try is made here, and only if nothing was sent or if
//     the server itself asked to come back within two seconds.
//   - Credentials, tokens and query strings appear in no error, no report to
//     [Config.OnCall] and no String method, and follow no redirect.
//   - A QR code is handed on only after it was decoded here and holds exactly
//     the link that was returned with it.
//
// It does not retry with patience, keep state on disk, limit its own rate (it
// asks [Config.RateLimit]) or compute what an invoice costs. No call fetches a
// payment link: the first opening starts the link's second clock.
package checkout
