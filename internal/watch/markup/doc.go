// Package markup reads the facts of a page out of its HTML and its headers.
//
// It owns nothing. It promises to read a page the same way whether a release is
// being stated, a plain client has asked, or a browser has put its live document
// back into writing. It never runs anything, and what one visit has that no other
// has (the names of visits and quotes) it writes in braces.
package markup
