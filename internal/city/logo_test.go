package city

import (
	"strings"
	"testing"
)

func TestALogoIsRewrittenAsShapes(t *testing.T) {
	got, err := cleanLogo(`<?xml version="1.0"?><!-- drawn by hand --><svg xmlns="http://www.w3.org/2000/svg" xmlns:x="urn:x" viewBox="0 0 4 4">
<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>
<title>A &lt;b&gt; &amp; c</title><path d="M0 0h4" fill="url(#g)"/></svg>
`)
	want := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">&#xA;<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"></stop></linearGradient></defs>&#xA;` +
		`<title>A &lt;b&gt; &amp; c</title><path d="M0 0h4" fill="url(#g)"></path></svg>`
	if err != nil || got != want {
		t.Errorf("cleanLogo = %v\n got %s\nwant %s", err, got, want)
	}
	if again, err := cleanLogo(got); err != nil || again != got {
		t.Errorf("rewriting again gives %s, %v", again, err)
	}
}

func TestALogoThatDoesMoreIsRefused(t *testing.T) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">`
	for name, logo := range map[string]string{
		"nothing":            "",
		"no picture":         "water",
		"another element":    "<g></g>",
		"a script":           svg + "<script>alert(1)</script></svg>",
		"a script elsewhere": svg + `<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script></svg>`,
		"a handler":          `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>`,
		"a style":            svg + `<path style="fill:url(https://evil.example)"/></svg>`,
		"a style sheet":      svg + "<style>@import 'https://evil.example'</style></svg>",
		"an outside colour":  svg + `<path fill="url(https://evil.example/#a)"/></svg>`,
		"a mixed colour":     svg + `<path fill="url(#a) url(//evil.example)"/></svg>`,
		"a link":             svg + `<a href="https://evil.example"><path d="M0 0"/></a></svg>`,
		"an image":           svg + `<image href="https://evil.example/x.png"/></svg>`,
		"a use":              svg + `<use xlink:href="#a" xmlns:xlink="http://www.w3.org/1999/xlink"/></svg>`,
		"foreign content":    svg + `<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>`,
		"another namespace":  svg + `<path xmlns="http://www.w3.org/1999/xhtml"/></svg>`,
		"a document type":    `<!DOCTYPE svg [<!ENTITY a "b">]>` + svg + "</svg>",
		"an entity":          svg + "<title>&a;</title></svg>",
		"not closed":         svg + "<g>",
		"two pictures":       svg + "</svg>" + svg + "</svg>",
		"a picture inside":   svg + svg + "</svg></svg>",
		"too large":          svg + "<title>" + strings.Repeat("x", longestLogo) + "</title></svg>",
	} {
		if got, err := cleanLogo(logo); err == nil {
			t.Errorf("%s: taken as %s", name, got)
		}
	}
}
