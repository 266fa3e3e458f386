// Package probe asks a test gateway, with the merchant's own credentials, what
// the checkout API's documentation leaves open: [Run] makes a few sessions and
// links, sends a few requests that are wrong, and returns a [Report]. People
// read it by [Report.WriteText]; its JSON form configures the client
// ([Report.Client]) and makes the sandbox behave as that gateway does
// ([Report.Sandbox]).
//
// It refuses an account whose token says live, and one that does not say that
// it is a test account unless [Config.AssumeTest] is set. It pays nothing, captures
// nothing and never opens a payment link. What only time shows, how long a
// session lives, the next run sees if it is given the report of this one.
//
// It leaves behind sessions and links on the test account that end by
// themselves; their order ids begin with "probe-".
package probe
