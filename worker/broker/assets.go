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

// streams lists every stream that is created if missing. MaxMsgsPerSubject is
// set on none of them: values that this limit removed can come back after an
// unclean stop of nats-server 2.15 (nats-io/nats-server issue 8505), old
// timers would come back without ever firing, and a core publish over a
// per-subject limit is lost without an error. What must be replaced is
// replaced by roll-up.
func streams(replicas int, schedules bool) []jetstream.StreamConfig {
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
	requests.Duplicates = 10 * time.Minute

	events := base(StreamEvents, "what became of the requests", event.SubjectsOut()...)
	events.MaxAge = EventsAge
	events.Duplicates = 24 * time.Hour

	documents := base(StreamDocuments, "invoices, seller snapshots and the history of links", documentsPrefix+">")
	documents.AllowRollup = true

	timers := base(StreamTimers, "when a payment link is over", timersPrefix+"*", duePrefix+"*")
	timers.Retention = jetstream.WorkQueuePolicy
	timers.AllowMsgSchedules = schedules
	timers.AllowRollup = schedules // a schedule replaces the one before by roll-up

	letters := base(StreamDeadLetters, "requests that came to nothing, with the reason", deadLettersPrefix+">")
	letters.MaxAge = EventsAge
	letters.Duplicates = 24 * time.Hour

	return []jetstream.StreamConfig{requests, events, documents, timers, letters}
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
