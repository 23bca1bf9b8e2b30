// Package sandbox is a payment company of our own: a first-class processor on
// its own origin, in which no money moves.
//
// # Two halves
//
// [Server] is the company. Its [Server.Handler] is served on an origin of its
// own and holds the API (secret key), the card fields for a frame, a payment
// page that works without scripts, the challenge of the payer's bank, and at "/"
// the list of test cards. [Server.Run] sends signed notices. Its record is a
// journal file, one JSON object a line, written before each answer: a killed
// sandbox opened again knows every charge, and [ReadRecord] reads the same file
// for an auditor.
//
// [Client] is the adapter, over HTTP. [Direct] is the adapter to a server in the
// same process, without sockets and JSON, for benchmarks and for making a town.
// Both implement the whole port: Processor, Fields, Redirector, Terminal, Notifier,
// Refunder, Saver, Settler and Teller.
//
// It owns no table. It promises to behave as its script says, to charge once
// for one key, and to keep no card number and no security code, not even of a
// test card: brand, last four digits, expiry and a keyed fingerprint are all
// that outlives a request. It never takes a card that is not in its script, so
// that a real one typed by mistake is refused, and it never runs but in sandbox
// mode.
//
// # The script
//
// A card does what its number says. Any expiry to come, any code of the right
// length and any ZIP code will do. [Script] has the same as data.
//
//	4242 4242 4242 4242  Visa credit          approved
//	4000 0566 5566 5556  Visa debit           approved
//	5555 5555 5555 4444  Mastercard credit    approved
//	5200 8282 8282 8210  Mastercard debit     approved
//	5105 1051 0510 5100  Mastercard prepaid   approved
//	3782 822463 10005    American Express     approved
//	6011 1111 1111 1117  Discover credit      approved
//	6011 9811 1111 1113  Discover debit       approved
//	4242 4242 xxxx xxxx  Visa credit          approved: the cards of a made-up town
//	4000 0000 0000 9995  insufficient funds   declined, try another
//	4000 0000 0000 0002  do not honour        declined, try another
//	4000 0000 0000 9987  lost                 declined, never retry
//	4000 0000 0000 9979  stolen               declined, never retry
//	4000 0000 0000 0069  expired              declined, fix details
//	4000 0000 0000 0127  wrong security code  declined, fix details
//	4000 0000 0000 0036  wrong ZIP code       declined, fix details
//	4000 0000 0000 0119  issuer unavailable   declined, try later
//	4000 0000 0000 3220  challenge            pending until the payer answers
//	4000 0000 0000 3006  slow                 approved after [Config.SlowFor]
//	4000 0000 0000 3014  reply lost           approved, and the connection drops; on the page
//	                                          the payer reads so and is led back
//	4000 0000 0000 3022  notice twice         approved, the notice comes twice
//	4000 0000 0000 3030  notices reversed     approved, "decided" before "accepted"
//	4000 0000 0000 0259  dispute              approved, disputed [Config.DisputeAfter] later
//	4000 0000 0000 3048  revoked              approved for the payer, refused to the merchant
//	4000 0000 0000 3055  by amount            see below
//
// The last card does what the cents of the amount say, for whoever has a token
// and no card page: .51 insufficient funds, .52 do not honour, .53 lost, .54
// expired, .55 wrong code, .56 wrong ZIP code, .57 issuer unavailable, .61
// challenge, .62 slow, .63 reply lost, .64 notice twice, .65 notices reversed,
// .66 dispute, .67 revoked; anything else approves. [ScriptByAmount] has the
// same as data.
//
// The issuer's check before a card is kept refuses those that say never retry
// or fix details, and takes the others. A charge by the merchant is never
// challenged.
//
// # The card fields and the page around them
//
// The frame at [processor.Embed].FrameURL is told the page's origin and talks to
// no other, and only origins of [Config.AllowOrigin] may frame it. The page
// knows the frame's origin from Settings["frame-origin"]. Each side takes only
// messages whose origin is exactly that and whose source is exactly the other
// window.
//
//	frame to page  {type: "clearwell.ready"}           can be typed into
//	               {type: "clearwell.height", height}  wants so many CSS pixels
//	               {type: "clearwell.token", token}    a fresh token, after submit
//	               {type: "clearwell.enter"}           Enter was pressed in a field
//	               {type: "clearwell.invalid"}         none; the frame has said why, and has the focus
//	page to frame  {type: "clearwell.hello"}           say ready and height again
//	               {type: "clearwell.submit"}          give a token
//
// A token is of one merchant account, works once, and lives half an hour. What
// is behind it the portal's server asks of Describe; the browser is told nothing
// but the token. The same token again for the same key is the same attempt.
//
// # Notices
//
// A notice is a POST of JSON with the header [SignatureHeader]. One that is not
// answered with 2xx comes again after 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 12 h
// and twice after a day, each time signed anew; then no more.
//
// # Money
//
// What moved on a day (UTC) is paid out at 14:00 UTC two days later. The
// sandbox keeps 2.9 % and 30 cents of a charge, nothing of a refund, and 15
// dollars for a dispute.
package sandbox
