// Package report reads an incident across all who keep a part of it: the list,
// the facts, the law, the letters, the notice, the holds, the audit log.
//
// It owns no table. [Service.Clocks] says what the law asks, what of it is done
// and what is open; [Service.Closing] says what the whole came to, and what is
// left.
//
// It promises that a report about a town reads that town alone, so that a town
// may hand it to anybody without asking its operator; and that nothing that is
// open is left out because its owner could not be asked: then there is an error
// and no report.
//
// It never writes, and never decides what the law asks: that is law.
package report
