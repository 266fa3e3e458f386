// Package broker holds what the program keeps in JetStream: the streams and
// buckets, the consumers, a delivery and its end, and the timers, all on a
// NATS connection that somebody else opened. Whether a nats-server answers in
// the same process or a cluster does makes no difference here.
//
// It promises that an acknowledged publish is stored, that a delivery is ended
// by a confirmed acknowledgement or not at all, and that no delivery is ended
// by the server behind the worker's back: there is no delivery limit on the
// server, since a message past it stays stored and reaches nobody.
//
// It knows nothing of invoices but their keys, and decides nothing about a
// job: that is the worker's.
package broker
