package layout

import (
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Noun is something of ours that a column can state.
type Noun uint8

// The nouns, in the words that layouts use for them.
const (
	UtilityAccount Noun = iota
	Name
	ServiceAddress
	Mailing1
	Mailing2
	Mailing3
	Mailing4
	Mailing5
	Mailing6
	MailingCity
	MailingState
	MailingZip
	OpenedOn
	ClosedOn
	BankDraft
	LastPayment
	ShutOffOn
	ShutOffAmount
	Service
	Updated

	BillNumber
	BillDate
	DueDate
	ServiceFrom
	ServiceTo
	AmountDue
	Current
	PastDue
	PreviousBalance

	Meter
	PreviousReadOn
	PreviousReading
	CurrentReadOn
	CurrentReading
	Usage
	Units
	Days

	Confirmation
	Kind
	Amount
	Fee
	PaidAt
	Tender
	Channel

	Batch
	BusinessDate
	Count
	Total
	AsOf

	nounCount
)

// String is the word a layout uses.
func (n Noun) String() string { return vocabulary[n].word }

// meaning says what a noun is called and where in a record it lives. Exactly
// one of the accessors is set: it is the noun's type.
type meaning struct {
	word     string
	text     func(*Record) *string
	date     func(*Record) *calendar.Date
	moment   func(*Record) *time.Time
	amount   func(*Record) *money.Amount
	quantity func(*Record) *Quantity
	integer  func(*Record) *int64
	flag     func(*Record) *bool
}

func nounOf(word string) (Noun, bool) {
	for n := range nounCount {
		if vocabulary[n].word == word {
			return n, true
		}
	}
	return 0, false
}

// vocabulary is read only.
var vocabulary = [nounCount]meaning{
	UtilityAccount: {word: "utility_account", text: func(r *Record) *string { return &r.UtilityAccount }},
	Name:           {word: "name", text: func(r *Record) *string { return &r.Name }},
	ServiceAddress: {word: "service_address", text: func(r *Record) *string { return &r.ServiceAddress }},
	Mailing1:       {word: "mailing_1", text: func(r *Record) *string { return &r.Mailing.Lines[0] }},
	Mailing2:       {word: "mailing_2", text: func(r *Record) *string { return &r.Mailing.Lines[1] }},
	Mailing3:       {word: "mailing_3", text: func(r *Record) *string { return &r.Mailing.Lines[2] }},
	Mailing4:       {word: "mailing_4", text: func(r *Record) *string { return &r.Mailing.Lines[3] }},
	Mailing5:       {word: "mailing_5", text: func(r *Record) *string { return &r.Mailing.Lines[4] }},
	Mailing6:       {word: "mailing_6", text: func(r *Record) *string { return &r.Mailing.Lines[5] }},
	MailingCity:    {word: "city", text: func(r *Record) *string { return &r.Mailing.City }},
	MailingState:   {word: "state", text: func(r *Record) *string { return &r.Mailing.State }},
	MailingZip:     {word: "zip", text: func(r *Record) *string { return &r.Mailing.Zip }},
	OpenedOn:       {word: "opened_on", date: func(r *Record) *calendar.Date { return &r.OpenedOn }},
	ClosedOn:       {word: "closed_on", date: func(r *Record) *calendar.Date { return &r.ClosedOn }},
	BankDraft:      {word: "bank_draft", flag: func(r *Record) *bool { return &r.BankDraft }},
	LastPayment:    {word: "last_payment", amount: func(r *Record) *money.Amount { return &r.LastPayment }},
	ShutOffOn:      {word: "shut_off_on", date: func(r *Record) *calendar.Date { return &r.ShutOffOn }},
	ShutOffAmount:  {word: "shut_off_amount", amount: func(r *Record) *money.Amount { return &r.ShutOffAmount }},
	Service:        {word: "service", text: func(r *Record) *string { return &r.Service }},
	Updated:        {word: "updated", moment: func(r *Record) *time.Time { return &r.Updated }},

	BillNumber:      {word: "bill_number", text: func(r *Record) *string { return &r.Bill.Number }},
	BillDate:        {word: "bill_date", date: func(r *Record) *calendar.Date { return &r.Bill.Date }},
	DueDate:         {word: "due_date", date: func(r *Record) *calendar.Date { return &r.Bill.DueDate }},
	ServiceFrom:     {word: "service_from", date: func(r *Record) *calendar.Date { return &r.Bill.From }},
	ServiceTo:       {word: "service_to", date: func(r *Record) *calendar.Date { return &r.Bill.To }},
	AmountDue:       {word: "amount_due", amount: func(r *Record) *money.Amount { return &r.Bill.AmountDue }},
	Current:         {word: "current", amount: func(r *Record) *money.Amount { return &r.Bill.Current }},
	PastDue:         {word: "past_due", amount: func(r *Record) *money.Amount { return &r.Bill.PastDue }},
	PreviousBalance: {word: "previous_balance", amount: func(r *Record) *money.Amount { return &r.Bill.PreviousBalance }},

	Meter:           {word: "meter", text: func(r *Record) *string { return &r.Reading.Meter }},
	PreviousReadOn:  {word: "previous_read_on", date: func(r *Record) *calendar.Date { return &r.Reading.PreviousOn }},
	PreviousReading: {word: "previous_reading", quantity: func(r *Record) *Quantity { return &r.Reading.Previous }},
	CurrentReadOn:   {word: "current_read_on", date: func(r *Record) *calendar.Date { return &r.Reading.CurrentOn }},
	CurrentReading:  {word: "current_reading", quantity: func(r *Record) *Quantity { return &r.Reading.Current }},
	Usage:           {word: "usage", quantity: func(r *Record) *Quantity { return &r.Reading.Usage }},
	Units:           {word: "units", text: func(r *Record) *string { return &r.Reading.Units }},
	Days:            {word: "days", integer: func(r *Record) *int64 { return &r.Reading.Days }},

	Confirmation: {word: "confirmation", text: func(r *Record) *string { return &r.Posting.Confirmation }},
	Kind:         {word: "kind", text: func(r *Record) *string { return &r.Posting.Kind }},
	Amount:       {word: "amount", amount: func(r *Record) *money.Amount { return &r.Posting.Amount }},
	Fee:          {word: "fee", amount: func(r *Record) *money.Amount { return &r.Posting.Fee }},
	PaidAt:       {word: "paid_at", moment: func(r *Record) *time.Time { return &r.Posting.PaidAt }},
	Tender:       {word: "tender", text: func(r *Record) *string { return &r.Posting.Tender }},
	Channel:      {word: "channel", text: func(r *Record) *string { return &r.Posting.Channel }},

	Batch:        {word: "batch", text: func(r *Record) *string { return &r.Control.Batch }},
	BusinessDate: {word: "business_date", date: func(r *Record) *calendar.Date { return &r.Control.BusinessDate }},
	Count:        {word: "count", integer: func(r *Record) *int64 { return &r.Control.Count }},
	Total:        {word: "total", amount: func(r *Record) *money.Amount { return &r.Control.Total }},
	AsOf:         {word: "as_of", moment: func(r *Record) *time.Time { return &r.Control.AsOf }},
}
