// Package calendar knows civil days, banking days and business days, which are
// three different things.
//
// A [Date] is a civil day, without a zone: what stands on a bill. A banking day
// is one on which the Federal Reserve Banks settle ([Date.IsBankingDay]). A
// business day belongs to a town: it ends at the town's [CutOff], and a payment
// made later belongs to the next.
//
// It promises that each instant has exactly one business date, and that later
// instants never have an earlier one, also on the days that daylight saving
// makes 23 or 25 hours long, and when the cut-off falls into the hour that is
// skipped or repeated. Store an instant in UTC and the business date computed
// once; never compute it again under a cut-off that may have changed since.
//
// It never asks what time it is, and never uses the zone of the machine: zone
// data are embedded, zones are named by whoever knows the town.
package calendar
