// Package clearwell is the root of the house: it holds no code, only the rules
// that the code keeps, executable, in house_test.go and its neighbours.
//
// The program is cmd/clearwell; what it is made of is in internal, and why it is
// made so in docs.
package clearwell
