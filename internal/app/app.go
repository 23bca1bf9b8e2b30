package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"clearwell/internal/bench"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/jail"

	"github.com/alecthomas/kong"
)

// Process is what the operating system gives a program.
type Process struct {
	Args   []string // without the name of the program
	Lookup func(name string) (string, bool)
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	// Confine takes from this process what serving does not need, for as long as
	// it lives. Without it nothing is taken.
	Confine func(jail.Cell) (jail.Report, error)
	// Terminal opens the terminal that somebody sits at, to ask what must not be
	// seen. Without it, or where there is none, nothing is asked.
	Terminal func() (*os.File, error)
}

// The statuses a command ends with.
const (
	statusDone   = 0
	statusFailed = 1 // could not do what it was asked
	statusUsage  = 2 // was not asked rightly
	statusPartly = 3 // did it, and somebody must look at the rest
)

// commands is the command line.
type commands struct {
	Demo     demoCommand     `cmd:"" help:"Serve a town that does not exist, to try everything."`
	Serve    serveCommand    `cmd:"" help:"Serve the towns of a configuration."`
	Import   importCommand   `cmd:"" help:"Take files from the billing system, and of banks."`
	Init     initCommand     `cmd:"" help:"Write the files of a new installation, by asking."`
	Posting  postingCommand  `cmd:"" help:"Give payments to the billing system."`
	Day      dayCommand      `cmd:"" help:"Compare what every record says of a business date."`
	Echeck   echeckCommand   `cmd:"" help:"E-checks: files for the bank, and what comes back."`
	Returned returnedCommand `cmd:"" help:"Checks and payments from bank accounts that came back, which the town's rules count."`
	Dispute  disputeCommand  `cmd:"" help:"Payments that cardholders have taken back."`
	Surplus  surplusCommand  `cmd:"" help:"Money that a processor took besides a payment."`
	City     cityCommand     `cmd:"" help:"Towns and their files."`
	Policy   policyCommand   `cmd:"" help:"Fees, tenders, limits: why, and what if."`
	Audit    auditCommand    `cmd:"" help:"The record of who did what."`
	Incident incidentCommand `cmd:"" help:"The worst day: who was exposed, who was told, what the law asks."`
	Approval approvalCommand `cmd:"" help:"What one person may not decide alone."`
	Approve  approveCommand  `cmd:"" help:"Sign a request with your key, on any machine."`
	Person   personCommand   `cmd:"" help:"Keys of those who ask and approve."`
	Settings settingsCommand `cmd:"" help:"What protects the installation, and what a configuration would take away."`
	Doctor   doctorCommand   `cmd:"" help:"Look at an installation that runs: is every control there? And lay out the evidence."`
	Retain   retainCommand   `cmd:"" help:"How long records are kept, and what may be destroyed."`
	Manifest manifestCommand `cmd:"" help:"What is served on the payment path, stated and signed."`
	Watch    watchCommand    `cmd:"" help:"Look at portals from outside, as residents do."`
	Reports  reportsCommand  `cmd:"" help:"What residents' browsers refused on the pages."`
	Keys     keysCommands    `cmd:"" help:"Keys that seal bank accounts: add, rotate, seal again."`
	Bench    benchCommand    `cmd:"" help:"Measure speed and memory beside a baseline."`
	Gallery  galleryCommand  `cmd:"" help:"Show every page in every state."`
	Version  versionCommand  `cmd:"" help:"Say which release this is."`
}

// Run runs one command and returns the status to end with: 0 when it did what
// it was asked, 1 when it could not, 2 when the command line makes no sense, 3
// when it did it but for a part that somebody must look at.
// What it says about itself goes to p.Err, what was asked for to p.Out.
func Run(ctx context.Context, p Process) int {
	var asked commands
	var ended bool // by --help, which has printed all there is to say
	parser, err := kong.New(&asked,
		kong.Name("clearwell"),
		kong.Description("Residents pay their utility bills; the town accounts for every cent."),
		kong.Writers(p.Out, p.Err),
		kong.Exit(func(int) { ended = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Vars{"layouts": strings.Join(layouts.Names(), ", "), "measurements": strings.Join(bench.Names(), ", ")},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return complain(p, fmt.Errorf("building the command line: %w", err))
	}
	command, err := parser.Parse(p.Args)
	switch {
	case ended:
		return statusDone
	case err != nil:
		fmt.Fprintf(p.Err, "clearwell: %s\n", err)
		fmt.Fprintln(p.Err, `Run "clearwell --help" for what it can do.`)
		return statusUsage
	}
	return complain(p, command.Run(p))
}

// complain says what went wrong, if anything did, and gives the status for it.
func complain(p Process, err error) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return statusDone
	}
	fmt.Fprintf(p.Err, "clearwell: %s\n", err)
	if errors.Is(err, errPartlyTaken) {
		return statusPartly
	}
	return statusFailed
}
