// Package powercut cuts the power on a program, for tests alone. The program
// runs once under strace, which writes down every call that changes a file or
// brings one to disk. [Trace.Cut] then makes the directory that a power cut at
// any of these calls would have left: what no sync covered is dropped, torn or
// kept.
//
// Except in the mode [Journaled] it is stricter than ext4: a synced file has no
// name until its directory is synced as well. [Start] cuts a program that runs:
// it is killed, and what it did until then is cut at [Trace.End]. A call takes effect when it begins, a sync when it ends, so a
// write that overlaps a sync counts as covered by it: whoever was promised that
// write was answered after the write had ended, and needs a later sync.
//
// Writes through mmap are not seen; neither the program nor its broker uses
// them.
package powercut
