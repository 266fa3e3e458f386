// Package embedded runs a NATS server with JetStream inside this process, for
// those who have no NATS cluster: one directory, one process, no port.
//
// It promises that what the server has acknowledged is on disk when a client
// hears of it, that what was acknowledged and is missing or damaged at a start
// is noticed (see the package blocks), that two processes never use one directory (a lock of its own, since the
// server has none), that a stop which was not clean costs a longer start and
// nothing else, and that other processes of the same user reach the server
// through a socket in the directory. A listener for others is optional; who
// connects there is kept apart from others and may do what its Access names.
//
// It does not create streams, buckets or consumers, does not know what is
// stored, does not encrypt the directory, and does not cluster. Its files
// belong on a local disk: locks and sockets are not dependable on network file
// systems. It is the only package that imports nats-server; its behaviour was
// read and measured with nats-server v2.15.2 and nats.go v1.55.0.
//
// The directory holds:
//
//	lock          held (flock) for as long as the server runs
//	lock.pid      the process id of the holder, for people
//	clean         there after a clean stop only
//	identity      distinguishes the directory from its copies
//	checksums     of what was acknowledged
//	copies/       what a part of the store can be repaired from
//	damaged/      copies of damaged files, where there were any
//	broker.sock   where other processes of the user connect, mode 0600
//	jetstream/    the server's store
package embedded
