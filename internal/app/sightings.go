package app

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/limit"
	"clearwell/internal/notify"
	"clearwell/internal/sighting"
	"clearwell/internal/web"
)

// sightings takes what browsers report, and tells the town of what is grave.
type sightings struct {
	*sighting.Service
	works  *works
	gate   *limit.Gate
	alarms alarms
}

// newSightings makes it. The limits are for one node, in its memory.
func (w *works) newSightings() sightings {
	s := sightings{works: w, gate: limit.NewGate(w.clock, 0), alarms: newAlarms(w.log, w.clock)}
	s.Service = sighting.New(w.db, w.keys.digests, s.tellTx)
	return s
}

// A page with something in it makes a handful of reports; a network is many homes.
func reportsOfNetwork() limit.Bucket {
	return limit.Bucket{Name: "reports of a network", Burst: 30, Every: 10 * time.Second}
}

// What is heard of one town in a second, whoever sends it, cannot keep payments
// from being written.
func reportsOfTown() limit.Bucket {
	return limit.Bucket{Name: "reports of a town", Burst: 60, Every: time.Second}
}

// hear keeps what a browser reports, unless there is too much of it. A report is
// worth no trouble to the browser that sends it: what cannot be kept is in the
// log.
func (s sightings) hear(ctx context.Context, r web.BrowserReport) {
	if _, ok := s.gate.Allow(reportsOfNetwork(), string(r.City)+" "+r.Network.String()); !ok {
		return
	}
	if _, ok := s.gate.Allow(reportsOfTown(), string(r.City)); !ok {
		return
	}
	reports, err := sighting.Read(r.MediaType, r.Body)
	if err != nil || len(reports) == 0 {
		return
	}
	if reports[0].Card {
		s.alarms.Raise(ctx, r.City, web.CardSent, "POST "+web.ReportPath)
	}
	grave, err := s.Hear(ctx, r.City, sighting.Heard{Network: r.Network.String(), Reports: reports, Release: s.works.release, PageManifest: r.Manifest})
	if err != nil {
		s.works.log.ErrorContext(ctx, "keeping a browser's report", "city", string(r.City), "err", err.Error())
	}
	for range grave {
		s.alarms.Raise(ctx, r.City, web.PageReported, "POST "+web.ReportPath)
	}
}

// tellTx queues a mail to the town, at most one an hour: the first says where all
// of them are. That it cannot be queued does not undo what is kept.
func (s sightings) tellTx(tx *db.Tx, grave sighting.Sighting) error {
	town, err := s.works.towns.ByID(tx.City())
	if err != nil || s.works.outbox == nil {
		return err
	}
	language := town.Contact.Tongue()
	err = notify.EnqueueTx(tx, notify.Message{
		Key: "page alarm " + tx.Now().Format("2006-01-02T15"), To: town.Contact.Alarms(), Language: language,
		Content: notify.PageAlarm{
			Town: town.Name.In(language), Page: grave.Report.Page, What: grave.Report.Blocked, Rule: grave.Report.Directive,
			At: tx.Now(), Zone: town.Zone.String(), Command: fmt.Sprintf("clearwell reports show --city %s %s", tx.City(), grave.ID),
		},
	})
	if err != nil {
		s.works.log.Warn("queueing an alarm", "sighting", grave.ID.String(), "err", err.Error())
	}
	return nil
}

// reportCommand types the incident that a report may be the first sign of: the
// occasions of the card page since the day before it was first met, because a
// page is changed before anybody reports it.
func reportCommand(town townOf, s sighting.Sighting) string {
	return fmt.Sprintf("clearwell incident open --city %s reported-%s \"on %s.. and capture web_frame,processor_page\"",
		town.City, s.FirstAt.In(town.Zone).Format("2006-01-02-at-1504"), s.FirstAt.In(town.Zone).AddDate(0, 0, -1).Format(time.DateOnly))
}
