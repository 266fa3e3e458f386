// Package blocks guards the block files of an embedded JetStream store: it
// groups their syncs, keeps checksums of its own next to them, and checks them
// before a server opens them.
//
// It promises three things to the package embedded, which is its only user in
// production:
//
//   - [Store.Commit] returns when everything that the server had written before
//     the call is on disk. Callers that wait at the same time share one sync,
//     over all streams.
//   - What was on disk then is known afterwards: the file "checksums" holds the
//     length and CRC-32C of every block at its last commit. It is written after
//     each commit and synced within a second; after a kill it is exact, after a
//     power cut it may be a second old, never newer than the blocks.
//   - [Check] finds every byte of that which is missing or different, repairs
//     what has a copy, and otherwise returns a [DamageError] that names what is
//     affected, with the damaged files copied aside. It never opens the store
//     for a server and never truncates.
//
// It does not know what messages mean. The format that it reads is that of
// nats-server v2.15.2, without encryption and compression.
package blocks
