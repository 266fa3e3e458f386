package broker

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/event"
)

// Names of the streams and buckets, as `nats stream ls` shows them.
const (
	StreamRequests    = "INVOICELINK_REQUESTS"
	StreamEvents      = "INVOICELINK_EVENTS"
	StreamDocuments   = "INVOICELINK_DOCUMENTS"
	StreamTimers      = "INVOICELINK_TIMERS"
	StreamDeadLetters = "INVOICELINK_DEADLETTERS"
	StreamOwners      = "INVOICELINK_OWNERS"
	BucketLedger      = "INVOICELINK_LEDGER"
	BucketLeases      = "INVOICELINK_LEASES"
)

// Subject spaces of the streams.
const (
	documentsPrefix   = "documents."
	deadLettersPrefix = "deadletters."
	timersPrefix      = "timers.renew."
	duePrefix         = "due.renew."
)

// bucketPrefix begins the name of a bucket's stream.
const bucketPrefix = "KV_"

// Limits of what is stored.
const (
	// MaxMessage is the largest message: NATS' default max_payload.
	MaxMessage = 1 << 20
	// MaxRequest is the largest request, with its headers: a dead letter is the
	// request with the reason added, and has to fit into a message too.
	MaxRequest = MaxMessage - 8<<10
	// EventsAge is how long events and dead letters are kept.
	EventsAge = 90 * 24 * time.Hour
)

// apiLevelSchedules is the JetStream API level from which atomic batches and
// message schedules exist: nats-server 2.12.
const apiLevelSchedules = 2

// apiLevelNoMessageIDs is the JetStream API level from which a stream can do
// without the ids of messages: nats-server 2.14.
const apiLevelNoMessageIDs = 4

// shortestWindow is the shortest window for message ids that a server takes. A
// start reads every message that is younger than its stream's window, whether it
// has an id or not: with the server's default of two minutes, 200,000 records
// written just before cost 0.65 s of CPU time (measured). Streams whose messages
// have no ids have this window.
const shortestWindow = 100 * time.Millisecond

// eventsWindow is how long the id of an event keeps the broker from storing it
// twice: longer than a publish is repeated whose answer was lost, and than a
// request that a killed worker had in progress waits. Later than that
// [Broker.Published] says whether an event is stored.
const eventsWindow = 2 * time.Minute

// withoutMessageIDs configures a stream so that Nats-Msg-Id has no effect. All
// senders of a stream share one space of ids, so that the id of one would
// swallow the message of another, with a confirmation (measured: a cancellation
// under the id of its request). The ledger knows what is the same request.
//
// A server takes a window of 0 from a stream with a source only, whose own
// messages it does not deduplicate; anything else it raises to 2 minutes. So
// the stream has a source that never has a message for it. Older servers get
// the shortest window there is.
func withoutMessageIDs(level int) (time.Duration, []*jetstream.StreamSource) {
	if level < apiLevelNoMessageIDs {
		return shortestWindow, nil
	}
	return 0, []*jetstream.StreamSource{{Name: StreamDeadLetters, FilterSubject: deadLettersPrefix + "none"}}
}

// streams lists every stream that is created if missing. MaxMsgsPerSubject is
// set on none of them but the buckets: values that this limit removed can come back after an
// unclean stop of nats-server 2.15 (nats-io/nats-server issue 8505), old
// timers would come back without ever firing, and a core publish over a
// per-subject limit is lost without an error. What must be replaced is
// replaced by roll-up.
func streams(replicas, level int) []jetstream.StreamConfig {
	schedules := level >= apiLevelSchedules
	base := func(name, about string, subjects ...string) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name: name, Description: about, Subjects: subjects,
			Storage: jetstream.FileStorage, Replicas: replicas,
			MaxMsgSize: MaxMessage, AllowDirect: true, Duplicates: shortestWindow,
		}
	}
	requests := base(StreamRequests, "requests that wait for a worker", event.SubjectsIn()...)
	requests.Retention = jetstream.WorkQueuePolicy
	requests.Discard = jetstream.DiscardNew
	requests.MaxMsgSize = MaxRequest
	requests.AllowAtomicPublish = schedules
	requests.Duplicates, requests.Sources = withoutMessageIDs(level)

	events := base(StreamEvents, "what became of the requests", event.SubjectsOut()...)
	events.MaxAge = EventsAge
	events.Duplicates = eventsWindow

	documents := base(StreamDocuments, "invoices, seller snapshots and the history of links", documentsPrefix+">")
	documents.AllowRollup = true

	timers := base(StreamTimers, "when a payment link is over", timersPrefix+"*", duePrefix+"*")
	timers.Retention = jetstream.WorkQueuePolicy
	timers.AllowMsgSchedules = schedules
	timers.AllowRollup = schedules // a schedule replaces the one before by roll-up

	deadLetters := base(StreamDeadLetters, "requests that failed, with the reason", deadLettersPrefix+">")
	deadLetters.MaxAge = EventsAge
	deadLetters.Duplicates = 24 * time.Hour
	deadLetters.MaxMsgSize = -1 // a stream's source must not have a larger limit than the stream, or none

	owners := base(StreamOwners, "whose each session and link is; the first entry about one counts", ownersSubject)
	owners.DenyDelete, owners.DenyPurge = true, true

	records := bucket(base, BucketLedger, "the truth about each invoice and its links; never delete a key")
	records.MaxMsgSize = 64 << 10

	leases := bucket(base, BucketLeases, "who does what only one worker may do")
	leases.AllowMsgTTL, leases.SubjectDeleteMarkerTTL = true, time.Minute

	return []jetstream.StreamConfig{deadLetters, requests, events, documents, timers, owners, records, leases} // requests name dead letters as their source
}

// bucket is the stream of a key-value bucket, as the client library configures
// one that keeps the newest value (ADR-8), with a window for message ids of our
// own.
func bucket(base func(name, about string, subjects ...string) jetstream.StreamConfig, name, about string) jetstream.StreamConfig {
	c := base(bucketPrefix+name, about, "$KV."+name+".>")
	c.MaxMsgsPerSubject, c.MaxMsgSize = 1, -1
	c.Discard = jetstream.DiscardNew
	c.AllowRollup, c.DenyDelete = true, true
	return c
}
