package worker

import (
	"encoding/json"
)

// duePayload is what a timer carries: the revision that it is about.
func duePayload(revision int) []byte {
	data, err := json.Marshal(map[string]int{"revision": revision})
	if err != nil {
		panic("worker: marshal a number: " + err.Error()) // cannot happen
	}
	return data
}
