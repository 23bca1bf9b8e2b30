package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Config says which browser to start, and as whom.
type Config struct {
	Path      string        // of the program; found where empty
	NoSandbox bool          // for a container that runs as root
	Zone      string        // the clock residents have, "America/Chicago"; the machine's where empty
	Face      Face          // the first of [Faces] where empty
	Hush      time.Duration // so long a page asks for nothing before it counts as there; a quarter of a second where 0
	Dwell     time.Duration // how long to stay on a page after that
}

// Browser is one that runs.
type Browser struct {
	cfg   Config
	major string
	ctx   context.Context
	quit  func()
}

// Start starts a browser with an empty profile. Close it. Returns [ErrNone].
func Start(ctx context.Context, cfg Config) (*Browser, error) {
	path, err := find(cfg.Path)
	if err != nil {
		return nil, err
	}
	if cfg.Face.Name == "" {
		cfg.Face = Faces()[0]
	}
	if cfg.Hush == 0 {
		cfg.Hush = hush
	}
	major, err := majorOf(ctx, path)
	if err != nil {
		return nil, err
	}
	allocator, release := chromedp.NewExecAllocator(ctx, cfg.options(path, major)...)
	running, quit := chromedp.NewContext(allocator)
	b := &Browser{cfg: cfg, major: major, ctx: running, quit: func() { quit(); release() }}
	if err := chromedp.Do(running); err != nil {
		b.quit()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.quit() }

// options are the defaults but for what tells that nobody sits in front of it.
// They stand on the command line, where frames and workers hear of them too.
func (c Config) options(path, major string) []chromedp.ExecAllocatorOption {
	all := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	all = append(all,
		chromedp.ExecPath(path),
		chromedp.Flag("enable-automation", false),
		chromedp.Flag("disable-blink-features", "AutomationControlled"),
		chromedp.Flag("hide-scrollbars", false),
		chromedp.UserAgent(c.Face.agent(major)),
		chromedp.WindowSize(int(c.Face.Width), int(c.Face.Height)),
	)
	if c.NoSandbox {
		all = append(all, chromedp.NoSandbox)
	}
	return all
}

// dress makes a tab look like what it says it is.
func (b *Browser) dress(language string) chromedp.Action[chromedp.Void] {
	face := b.cfg.Face
	var size []chromedp.EmulateViewportOption
	if face.mobile {
		size = append(size, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: face.agent(b.major), AcceptLanguage: speaks(language), Platform: face.platform, UserAgentMetadata: face.hints(b.major),
		})
		if err == nil && b.cfg.Zone != "" {
			_, err = cdp.Call(ctx, t, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: b.cfg.Zone})
		}
		if err != nil {
			return chromedp.Void{}, fmt.Errorf("setting up a tab: %w", err)
		}
		return chromedp.EmulateViewport(face.Width, face.Height, size...)(ctx, t)
	}
}
