// Package secret keeps values that must not be seen.
//
// A [String] holds a password or a bank account number while the program runs.
// However it is printed, logged or encoded, it reads [redacted]; only Reveal
// gives it up, so that a search for Reveal finds every place that does.
//
// A [Sealer] encrypts values for storage. Each value has a key of its own, and
// that key is encrypted with one from the keyset file, or
// from a command that prints it (envelope encryption, AES
// 256 in Galois/counter mode, both by Tink). A sealed value opens only for the
// city and the purpose it was sealed for: copied to another row or another town,
// it is noise. [Rotate] puts a new key in front; what older keys sealed still
// opens.
//
// A [Key] makes keyed digests, for looking up what must not be stored readable.
//
// It promises that a key file which anybody but its owner may read is not used,
// that no key file is ever overwritten by a new one, and that a key is never
// part of an error. It never writes a secret anywhere but into a key file it was
// told to create.
package secret
