// Package incident names the people whose card or bank details may have been
// seen, when something has gone wrong.
//
// It owns the tables incidents, incident_revisions, incident_people,
// incident_members, incident_facts, incident_told, incident_holds,
// incident_duties, incident_warnings and incident_closings.
//
// An incident is a saved question over exposure: a [Scope], such as
//
//	on 2019-08-27..2019-10-14 and capture web_frame and flow one_time and instrument card
//
// that holds for an occasion or does not, with reasons. Scopes are typed by
// people who read a vendor's notice, printed in the same words, and kept as text
// in revisions that are never changed. [Desk.Preview] counts who answers,
// [Desk.Freeze] writes it down for good, [Desk.Difference] says what a later
// revision changes: who is new, who is not meant any more, who was told already.
//
// It promises that what is not known counts as exposed: a page that was shown and
// left has no recorded way of entry, and may have been typed into; that nobody is
// made one with anybody without a stated reason; that each person is told once
// by each text; and that a frozen list which was changed is found out.
//
// It never decides what the law asks: that is law; nor writes to anybody: that is
// letter and notify.
package incident
