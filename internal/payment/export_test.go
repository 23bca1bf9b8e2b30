package payment

// RepeatConfirmation makes the next confirmation number of this instant the one
// that was given last, as another process could.
func (s *Service) RepeatConfirmation() {
	s.confirmations.mu.Lock()
	defer s.confirmations.mu.Unlock()
	s.confirmations.next--
}
