package worker

import (
	"fmt"
	"strings"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// act is who sent the request, for the record. It decides nothing: any sender
// can write these attributes.
func (j *job) act(reason string) ledger.Act {
	source, actor := j.sender()
	if actor == "" {
		actor = j.spec.By
	}
	return ledger.Act{At: j.cfg.Now().UTC(), Source: source, Actor: actor, Reason: reason}
}

// sender is who sent the request: the user of the broker's listener, or whoever
// the envelope names.
func (j *job) sender() (ledger.Source, string) {
	if user := j.d.Header().Get(event.UserHeader); user != "" {
		return ledger.SourceEvent, user
	}
	return sender(j.env)
}

// outsideNumbers refuses a request for a number that its sender may not use.
func (j *job) outsideNumbers(payload any) error {
	prefix := j.d.Header().Get(event.NumbersHeader)
	if number := numberIn(payload); payload != nil && !strings.HasPrefix(number, prefix) {
		return &rejection{code: "number-not-yours", keepRecord: true,
			message: fmt.Sprintf("%s may only use invoice numbers that begin with %q", j.d.Header().Get(event.UserHeader), prefix)}
	}
	return nil
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
