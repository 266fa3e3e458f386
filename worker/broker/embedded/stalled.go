package embedded

// Stalled reports whether a full disk has stopped a stream although there is
// room again: twice of what Health wants to be left. Only Restart helps then.
func (s *Server) Stalled() bool {
	s.state.Lock()
	ns := s.ns
	s.state.Unlock()
	if ns == nil {
		return false
	}
	hs := ns.Healthz(nil)
	if hs.StatusCode == 200 || !diskFull(hs.Error) {
		return false
	}
	free, err := freeDisk(s.dir)
	return err == nil && free >= 2*minFree
}
