package sandbox

import (
	"testing"

	"clearwell/internal/processor"
	"clearwell/internal/processor/processortest"
)

// Both adapters are the whole port.
var (
	_ everything = (*Client)(nil)
	_ everything = (*InProcess)(nil)
)

type everything interface {
	processor.Processor
	processor.Fields
	processor.Redirector
	processor.Terminal
	processor.Notifier
	processor.Refunder
	processor.Saver
	processor.Settler
	processor.Teller
}

func TestConformsOverHTTP(t *testing.T) {
	processortest.Exercise(t, func(t *testing.T) processortest.Harness {
		c := found(t, nil)
		return c.harness(t, c.client(t))
	})
}

func TestConformsDirect(t *testing.T) {
	processortest.Exercise(t, func(t *testing.T) processortest.Harness {
		c := found(t, nil)
		return c.harness(t, Direct(c.Server))
	})
}
