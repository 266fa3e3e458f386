// Package event is the contract with ERP systems: which events come in and go
// out, on which NATS subjects, in which envelopes, and what their payloads
// hold. Events follow CloudEvents 1.0.2 and its NATS protocol binding
// (cloudevents/spec, bindings/nats-protocol-binding.md), in structured mode and
// in the binary mode of the binding's version 1.0.3; a payload without any
// envelope is taken as well.
//
// It promises that Decode never takes what is ambiguous (a member named twice,
// a header given twice, broken UTF-8, something after the end), that it
// reports every problem it can find at once, by JSON path and in words that
// the sender's people understand, that amounts never pass through a binary
// float, and that Encode gives the same bytes for the same event. The JSON
// Schemas and the AsyncAPI document in Schemas are made from the Go types and
// held against them by tests.
//
// It does not talk to a broker, keep, deduplicate or acknowledge anything, and
// it does not judge the content of an invoice: that is invoice.Validate's work,
// which whoever takes a request calls after filling in the seller's defaults.
package event
