package exposure

import (
	"context"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Holder is whom the billing system bills for a utility account, as it last said.
type Holder struct {
	Name           string
	ServiceAddress string
	ZIP            string // of the service address
	Mailing        [2]string
	MailingCity    string
	MailingState   string
	MailingZIP     string
}

// Each tells the occasions of a town that the filter does not leave out, by
// business date and then by when they were shown, one by one: memory does not
// grow with them. With each comes the holder of its utility account, zero where
// the billing system knows none. What each returns ends the reading, and is
// returned.
func (s *Service) Each(ctx context.Context, city id.City, filter Filter, each func(Story, Holder) error) error {
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		return eachStory(ctx, tx, city, filter, each)
	})
	if err != nil {
		return fmt.Errorf("reading occasions of %s: %w", city, err)
	}
	return nil
}

// Cities lists the towns that have occasions, for the operator.
func (s *Service) Cities(ctx context.Context) ([]id.City, error) {
	var found []id.City
	err := s.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = cities(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing towns with occasions: %w", err)
	}
	return found, nil
}
