// Package sbom says what the program is made of: a software bill of materials in
// CycloneDX 1.6, as JSON.
//
// It reads what the linker wrote into the program ([runtime/debug.BuildInfo]) and
// the digests of the files inside, so that nobody keeps a list by hand. It owns
// no table and no file.
//
// It promises that two bills of one release are the same bytes: there is no time
// and no random name in them.
package sbom
