// Package manifest states what a release serves on the payment path of a town,
// so that anybody can compare it with what a browser receives.
//
// A [Manifest] holds facts: the exact headers of each page in each language, its
// scripts, styles, frames, forms, inputs, links, and the digest of every file. It
// is signed with Ed25519 and read without a network. This is the inventory and
// the reference of PCI DSS 6.4.3 and 11.6.1.
//
// It owns no table and no file but those it is told to write. It promises that
// two manifests of the same release, settings and day differ in nothing, and that
// [Served.Digest], which stands in every row of exposure, can be computed from a
// manifest alone.
package manifest
