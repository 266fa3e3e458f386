// Package backup writes everything that the program keeps in JetStream, and the
// files next to it, into one archive file, and restores such a file into an
// empty server: another directory, another machine or a cluster. Start with
// [Write] and [Open].
//
// It promises that a backup is consistent: workers are paused and what they
// have in progress is waited for, so that no stream is ahead of another; and
// that it is whole, since each part's SHA-256 is in the archive and the file is
// read again before it takes its name. Requests that arrive meanwhile are taken
// by the broker and processed afterwards; they are not in the backup.
//
// What was issued after a backup was taken is unknown to it: a restore from it
// may issue those invoices again. It therefore refuses a server that holds
// anything.
//
// The file is a tar archive: streams/<name> (the server's own snapshots,
// compressed), files/<name>, and manifest.json at the end.
package backup
