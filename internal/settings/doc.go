// Package settings keeps what the configuration of the installation says of its
// own protection: who decides together, whom the program believes, how it is
// confined, who watches it. It owns settings_versions.
//
// A configuration is a file that one person can edit. So the program compares it,
// each time it opens, with what was in force ([Weakenings] is the comparison, and
// pure). What protects more, or as much, is taken at once. What protects less is
// taken only with a request that two people have signed, and until then the
// program goes on with what was in force: a town does not stop paying because
// somebody edited a line.
//
// It promises: what is in force was taken once, by the audit log, and is sealed
// with a key that is not in the database; those who may decide are those in force,
// and not those in the file; what is published of it is a digest.
//
// It never holds a password, and reads no file.
package settings
