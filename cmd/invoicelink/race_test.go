//go:build race

package main

// raceDetector says that the program under test is several times as slow as it
// is for its users.
const raceDetector = true
