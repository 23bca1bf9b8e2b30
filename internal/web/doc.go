// Package web is what every door shares: which town a request is for, in which
// language, on whose visit; the headers; the guard against card numbers; and how
// an error becomes a page.
//
// It owns no table. A door is a table of [Routes]: functions from a [Request] to
// an [Answer] or an error, which never see the [http.ResponseWriter]. [Kit.Handler]
// puts around them what no door may forget:
//
//   - Whatever looks like a card number, in any field, address or header, is
//     refused before anyone reads it, and is neither stored nor logged.
//   - A page may load and talk to nothing but our own origin and what its answer
//     names; nothing inline, nowhere else.
//   - A form that another site sends is refused, a request that is too large or
//     too slow ends, and a panic is a page.
//   - What is unknown gets one answer: town, address or method.
//   - The log has the method, the route's pattern, the status, the milliseconds
//     and the town of each request. It never has an address, a query, a name or a
//     body.
package web
