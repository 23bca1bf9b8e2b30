// Package exposure keeps every occasion on which card or bank details could
// have been seen, so that after an incident the town can name who was exposed,
// and after an outage who tried to pay and could not.
//
// It owns the tables exposures and exposure_outcomes, which only grow, and
// exposure_days, which counts days that are over. An occasion begins when card
// fields are shown, because whoever watches a page sees what is typed and never
// sent; what came of it follows as outcomes.
//
// It promises that there is no field for a card number, a security code or a
// bank account number, and that a payer's details are kept as they gave them.
//
// It never decides who must be told: that is incident.
package exposure
