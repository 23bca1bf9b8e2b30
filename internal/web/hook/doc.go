// Package hook is the door through which processors send notices.
//
// It owns no table. A notice is a hint: it says which attempt to ask about, and
// what the processor then answers is what counts. So a notice that is forged,
// repeated, late, out of order, or about another town's attempt moves nothing.
//
// The order is fixed: size, signature, town, keep, act, thank. What is not signed
// is not kept, and what could not be kept is not thanked for, so that the
// processor sends it again. What was kept and could not be acted on is tried
// again from the inbox, until it is done or people must look.
package hook
