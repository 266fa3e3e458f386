// Package checkout is the client of the checkout API: it turns an invoice into
// a payment session, a session into a payment link, and reads what comes back.
//
// It promises:
//
//   - Every call that did not succeed ends in an [*Error] that says what was
//     called, whether the request may have reached the server, whether trying
//     the same again can help and how long the server asked to wait. The two
//     exceptions are a [Config] and a request that are refused before anything
//     is sent, and they are [*Error] values too, of [KindRequest].
//   - A POST is never sent twice behind the caller's back. Creating a link is
//     not idempotent and the API documents no key that would make it so.
//     The only second try is made here, and only where nothing was sent or
//     where the server itself asked to come back within two seconds.
//   - Credentials, tokens and query strings appear in no error, no report to
//     [Config.OnCall] and no String method, and follow no redirect.
//   - A QR code is handed on only after it was decoded here and holds exactly
//     the link that was returned beside it.
//
// It does not retry with patience, keep state on disk, limit its own rate (it
// asks [Config.RateLimit]) or compute what an invoice costs. No call fetches a
// payment link: the first opening starts the link's second clock.
package checkout
