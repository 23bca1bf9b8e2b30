package stripe

import (
	"testing"

	"clearwell/internal/processor"
	"clearwell/internal/processor/processortest"
)

// The adapter is the whole port.
var _ interface {
	processor.Processor
	processor.Fields
	processor.Redirector
	processor.Notifier
	processor.Tracer
	processor.Refunder
	processor.Saver
	processor.Settler
	processor.Teller
} = (*Adapter)(nil)

func TestConformsWithKeysOfItsOwn(t *testing.T) {
	processortest.Exercise(t, func(t *testing.T) processortest.Harness { return found(t, false).harness(t) })
}

func TestConformsConnectedToAPlatform(t *testing.T) {
	processortest.Exercise(t, func(t *testing.T) processortest.Harness { return found(t, true).harness(t) })
}
