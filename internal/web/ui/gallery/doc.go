// Package gallery shows every page in every state and language, without a town,
// a database or a card processor behind it.
//
// It owns nothing. Whoever has pages lists their states; the gallery puts its
// fictional town around them and serves them under the same content policy as
// the real pages, so that what works here works there. Tests read the same list:
// what is not in it is not looked at.
package gallery
