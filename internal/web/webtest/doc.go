// Package webtest looks at pages in a real browser.
//
// It owns nothing and is for tests only. A test that asks for a browser is
// skipped, and says so, where there is none and in short runs; [Tab.Axe] is
// skipped where the checker has not been fetched (see internal/web/ui/build).
//
// It promises that what the page or its content policy complained about is
// heard: [Tab.Complaints] holds every error of the console since the page was
// opened.
package webtest
