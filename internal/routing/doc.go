// Package routing knows which bank a routing number leads to, and which number
// has replaced it.
//
// It owns the tables routing_numbers and routing_directories. The directory is
// data: the file that the Federal Reserve Banks publish for those who send ACH
// entries (FedACH), imported by the operator for all towns.
//
// It promises that a number with a wrong check digit is nobody's; that a number
// which a bank gave up leads to the one that replaced it; that a file which is cut
// off, or is not a directory, changes nothing.
//
// It never knows a bank account.
package routing
