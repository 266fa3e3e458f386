package sandbox_test

import (
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

func TestSessionsOfOthersAreAdoptedOnlyIfSwitched(t *testing.T) {
	t.Parallel()
	server, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	client, err := checkout.New(checkout.Config{BaseURL: sandbox.DefaultPublicURL, Username: sandbox.DefaultUsername,
		Password: sandbox.DefaultPassword, Transport: server.RoundTripper()})
	if err != nil {
		t.Fatal(err)
	}
	const theirs = "5f0c9a52-6f3e-4c7b-9d15-0a4a1d0e7b01"
	request := checkout.LinkRequest{Size: 300, Validity: time.Hour, ActivationTTL: time.Hour}
	if _, err := client.CreateLink(t.Context(), theirs, request); err == nil {
		t.Error("a strange session is adopted without the switch")
	}
	if err := server.SetSwitches(sandbox.Switches{AdoptSessions: true}); err != nil {
		t.Fatal(err)
	}
	link, err := client.CreateLink(t.Context(), theirs, request)
	if err != nil || link.SessionID != theirs {
		t.Errorf("link %+v, %v", link, err)
	}
	if _, err := client.CreateLink(t.Context(), "not-a-uuid", request); err == nil {
		t.Error("an id of another shape is adopted")
	}
	if n := len(server.Sessions()); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
}
