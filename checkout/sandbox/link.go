package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// The defaults that the documentation names.
const (
	defaultSize       = 500          // pixels
	defaultValidity   = 14 * 24 * 60 // minutes
	defaultActivation = 10           // minutes
)

// The bounds of a link request are the sandbox's own.
const (
	minSize    = 50
	maxSize    = 2000
	maxMinutes = 10 * 366 * 24 * 60
)

type linkBody struct {
	URL        string `json:"url"`
	Size       *int   `json:"size"`
	Validity   *int64 `json:"validityTime"`
	Activation *int64 `json:"activationTime"`
}

// createLink is POST …/session/{id}/link.
func (s *Server) createLink(r *http.Request, f *Fault) *reply {
	if refused := s.bearer(r); refused != nil {
		return refused
	}
	var body linkBody
	if _, refused := readJSON(r, &body); refused != nil {
		return refused
	}
	l := &Link{Size: defaultSize, Validity: defaultValidity, Activation: defaultActivation, PageURL: body.URL}
	if details := body.fill(l); len(details) > 0 {
		return jsonReply(http.StatusBadRequest, problem{"link is not acceptable", details})
	}
	s.mu.Lock()
	switches := s.switches
	if refused := s.adopt(r.PathValue("id")); refused != nil {
		s.mu.Unlock()
		return refused
	}
	if _, refused := s.session(r.PathValue("id")); refused != nil {
		s.mu.Unlock()
		return refused
	}
	before := s.lastLink()
	if f != nil && f.Kind == FaultRepeatLink && before != nil {
		s.mu.Unlock()
		return s.repeatLink(before, switches)
	}
	l.ID = s.newID()
	s.mu.Unlock()

	// The image is made without the lock: it is nearly all of the work.
	l.Secret = strings.ToLower(rand.Text())
	l.URL = s.linkURL(switches, l)
	image, held, err := codeFor(l.URL, l.Size, switches, f)
	if err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot draw the code: %v", err)
	}
	l.QR = held

	s.mu.Lock()
	defer s.mu.Unlock()
	session, refused := s.session(r.PathValue("id"))
	if refused != nil {
		return refused
	}
	l.SessionID, l.OrderID, l.Created = session.ID, session.OrderID, s.now()
	l.AfterPayment = s.state.paidSessions[session.ID]
	if switches.NewLinkEndsOld {
		l.Ended = l.Created // for the earlier ones, see state.apply
	}
	if err := s.record(&event{Link: l}); err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot keep the link")
	}
	id := l.ID
	if f != nil && f.Kind == FaultRepeatLinkID && before != nil {
		id = before.ID
	}
	return linkReply(s.success(), s.idJSON(id), l.URL, image)
}

// repeatLink answers with a link that was issued before.
func (s *Server) repeatLink(l *Link, w Switches) *reply {
	image, _, err := codeFor(l.URL, l.Size, w, nil)
	if err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot draw the code: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return linkReply(s.success(), s.idJSON(l.ID), l.URL, image)
}

func linkReply(status int, id json.RawMessage, link, image string) *reply {
	answer := map[string]any{"id": id, "paymentLink": link}
	if image != "" {
		answer["qrCode"] = image
	}
	return jsonReply(status, answer)
}

// lastLink is the newest link, nil before the first; it needs the lock.
func (s *Server) lastLink() *Link {
	n := s.state.links.len()
	if n == 0 {
		return nil
	}
	return s.state.links.at(n - 1)
}

func (b *linkBody) fill(l *Link) (details []string) {
	if b.URL != "" {
		u, err := url.Parse(b.URL)
		if err != nil || len(b.URL) > 2048 || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			details = append(details, "url is not an absolute http or https URL of at most 2048 bytes")
		}
	}
	if b.Size != nil {
		if l.Size = *b.Size; l.Size < minSize || l.Size > maxSize {
			details = append(details, "size is not between 50 and 2000")
		}
	}
	if b.Validity != nil {
		if l.Validity = *b.Validity; l.Validity < 1 || l.Validity > maxMinutes {
			details = append(details, "validityTime is not between 1 and 5270400 minutes")
		}
	}
	if b.Activation != nil {
		if l.Activation = *b.Activation; l.Activation < 1 || l.Activation > maxMinutes {
			details = append(details, "activationTime is not between 1 and 5270400 minutes")
		}
	}
	return details
}

func (s *Server) linkURL(w Switches, l *Link) string {
	if w.LinkTarget == "page" && l.PageURL != "" {
		page, _ := url.Parse(l.PageURL) // was parsed before
		query := page.Query()
		query.Set("id", l.ID)
		page.RawQuery = query.Encode()
		return page.String()
	}
	base, secret := s.cfg.PublicURL, l.Secret
	if w.LinkBase != "" {
		base = strings.TrimRight(w.LinkBase, "/")
	}
	switch w.LinkShape {
	case "query":
		return base + "/pay?link=" + secret + "&lang=en"
	case "long":
		return base + "/pay/" + secret + "/" + strings.Repeat("o", 600)
	}
	return base + "/pay/" + secret
}
