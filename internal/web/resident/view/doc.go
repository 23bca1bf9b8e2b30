// Package view is the pages that residents see, as functions of plain values.
//
// It owns nothing, decides nothing and asks nobody: a door loads and decides,
// fills in a view and renders it.
//
//	view.Bill{Page: page, Form: form, …}.HTML().Render(ctx, w)
//
// A view chooses the words, the order and the one thing that its page asks for;
// every sentence is a message of the catalogue "resident". It promises that no
// page holds a field for a card number, that nothing about a utility account
// appears before it was matched, and that doubt is never shown as failure: there
// is a page for waiting, and none that says a payment failed without knowing.
//
// [States] lists every page in every state, for the gallery and for tests.
package view
