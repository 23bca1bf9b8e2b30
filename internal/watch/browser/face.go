package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// Face is what a browser says it is: one that residents have, of the very version
// that runs, so that its words and its doings agree.
type Face struct {
	Name     string // "windows"
	Width    int64  // CSS pixels
	Height   int64
	system   string // in the user agent
	platform string // navigator.platform
	hint     string // sec-ch-ua-platform
	release  string // of the system
	mobile   bool
}

// Faces are the browsers that most residents have.
func Faces() []Face {
	return []Face{
		{Name: "windows", Width: 1536, Height: 730, system: "Windows NT 10.0; Win64; x64", platform: "Win32", hint: "Windows", release: "15.0.0"},
		{Name: "android", Width: 412, Height: 785, system: "Linux; Android 10; K", platform: "Linux armv81", hint: "Android", release: "14.0.0", mobile: true},
		{Name: "mac", Width: 1440, Height: 789, system: "Macintosh; Intel Mac OS X 10_15_7", platform: "MacIntel", hint: "macOS", release: "15.5.0"},
	}
}

// agent is the user agent of a version.
func (f Face) agent(major string) string {
	mobile := ""
	if f.mobile {
		mobile = " Mobile"
	}
	return "Mozilla/5.0 (" + f.system + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + major + ".0.0.0" + mobile + " Safari/537.36"
}

// hints are what a server may ask beside the user agent.
func (f Face) hints(major string) *emulation.UserAgentMetadata {
	brands := []*emulation.UserAgentBrandVersion{
		{Brand: "Chromium", Version: major}, {Brand: "Google Chrome", Version: major}, {Brand: "Not.A/Brand", Version: "99"},
	}
	m := &emulation.UserAgentMetadata{Brands: brands, FullVersionList: brands, Platform: f.hint, PlatformVersion: f.release, Mobile: f.mobile}
	if !f.mobile {
		m.Architecture, m.Bitness = "x86", "64"
	}
	return m
}

// speaks is the order of languages of somebody who reads one.
func speaks(language string) string {
	if language == "en" {
		return "en-US,en"
	}
	return language + "-US," + language + ",en-US,en"
}

// ErrNone says that there is no browser on this machine.
var ErrNone = errors.New("there is no Chromium or Chrome on the path (apt-get install chromium)")

// find finds a browser.
func find(path string) (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if path != "" {
		names = []string{path}
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", ErrNone
}

var versioned = regexp.MustCompile(`(\d+)\.\d+\.\d+`)

// majorOf asks a browser for its version.
func majorOf(ctx context.Context, path string) (string, error) {
	said, err := exec.CommandContext(ctx, path, "--version").Output()
	found := versioned.FindStringSubmatch(string(said))
	if err != nil || found == nil {
		return "", fmt.Errorf("asking %s for its version: it says %q: %w", path, strings.TrimSpace(string(said)), errors.Join(err, ErrNone))
	}
	return found[1], nil
}
