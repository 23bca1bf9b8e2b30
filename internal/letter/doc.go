// Package letter writes what people read after a breach: the letter to each
// person, the notice on the web, the banner, the e-mail, the press text and the
// script for those who answer the telephone.
//
// A [Notice] is what happened, a [Recipient] one person. [Writer.Compose] makes
// the letter that the law of the recipient's state asks for, in the recipient's
// language. A [Press] prints letters into one PDF, with the address where the
// window of the envelope is and the Intelligent Mail barcode above it;
// [WriteList] writes the same people as a file for a mailing house.
//
// It promises:
//
//   - No letter leaves [Writer.Compose] that lacks what its state requires, or
//     has what its state forbids, also in words that a town wrote itself.
//   - Every person handed to a press has a letter with their name on it. A sign
//     that no font of ours has is printed as its code, and the person is listed.
//   - The same letters make the same bytes.
//
// It never decides who gets a letter, keeps nothing, and sends nothing.
package letter
