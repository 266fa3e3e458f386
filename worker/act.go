package worker

import (
	"strings"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// act is who sent the request, for the record. It decides nothing: any sender
// can write these attributes.
func (j *job) act(reason string) ledger.Act {
	source, actor := sender(j.env)
	if actor == "" {
		actor = j.spec.By
	}
	return ledger.Act{At: j.cfg.Now().UTC(), Source: source, Actor: actor, Reason: reason}
}

// sender reads source and actor from the envelope of a request.
func sender(env event.Envelope) (ledger.Source, string) {
	own, ok := strings.CutPrefix(env.Source, "invoicelink/")
	source := ledger.Source(own)
	switch source {
	case ledger.SourceCommand, ledger.SourceDesk, ledger.SourceAPI, ledger.SourceUpload, ledger.SourceTimer:
		if ok {
			return source, env.Extensions[event.ActorAttribute]
		}
	case ledger.SourceEvent, ledger.SourceCallback, ledger.SourcePoll:
	}
	return ledger.SourceEvent, env.Source
}
