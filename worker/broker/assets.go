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
		return 100 * time.Millisecond, nil
	}
	return 0, []*jetstream.StreamSource{{Name: StreamDeadLetters, FilterSubject: deadLettersPrefix + "none"}}
}

// streams lists every stream that is created if missing. MaxMsgsPerSubject is
// set on none of them: values that this limit removed can come back after an
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
			MaxMsgSize: MaxMessage, AllowDirect: true,
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
	events.Duplicates = 24 * time.Hour

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

	return []jetstream.StreamConfig{deadLetters, requests, events, documents, timers} // requests name dead letters as their source
}

func buckets(replicas int) []jetstream.KeyValueConfig {
	return []jetstream.KeyValueConfig{
		{
			Bucket: BucketLedger, Description: "the truth about each invoice and its links; never delete a key",
			History: 1, Storage: jetstream.FileStorage, Replicas: replicas, MaxValueSize: 64 << 10,
		},
		{
			Bucket: BucketLeases, Description: "who does what only one worker may do",
			History: 1, Storage: jetstream.FileStorage, Replicas: replicas, LimitMarkerTTL: time.Minute,
		},
	}
}
