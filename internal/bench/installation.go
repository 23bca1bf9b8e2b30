package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/city"
)

// installation is a folder as `clearwell init` writes it, with some more towns.
// Everything in it happens by commands of the program.
type installation struct {
	program Program
	folder  string
	config  string
	towns   []string // their short names
}

// slug is the short name of the n-th town.
func slug(n int) string { return "town-" + string(rune('a'+n)) }

// hostOf is where a town's residents come.
func hostOf(town string) string { return "pay." + town + ".example" }

// install sets up so many towns on the site's database.
func install(ctx context.Context, s *site, towns int) (*installation, error) {
	in := &installation{program: s.program, folder: filepath.Join(s.folder, "installation")}
	in.config = filepath.Join(in.folder, "clearwell.yaml")
	for n := range towns {
		in.towns = append(in.towns, slug(n))
	}
	command := s.program(ctx, "init", in.folder)
	command.Stdin = strings.NewReader(strings.Join([]string{
		"Town A", "Villa A", slug(0), "TX", "America/Chicago", hostOf(slug(0)), s.address, "127.0.0.1:0", "yes", "",
	}, "\n"))
	if _, err := await(ctx, command); err != nil {
		return nil, err
	}
	if err := in.addTowns(); err != nil {
		return nil, err
	}
	for _, town := range in.towns {
		_, err := await(ctx, s.program(ctx, "city", "apply", "--config", in.config, filepath.Join(in.folder, town+".yaml")))
		if err != nil {
			return nil, err
		}
	}
	return in, nil
}

// addTowns writes the other towns' files as init would. The sandbox goes to any
// free port, the portal has no address beside the towns' own, and this machine is believed to be a proxy, so that requests can
// come from many networks.
func (in *installation) addTowns() error {
	var files []string
	for n, town := range in.towns {
		file := town + ".yaml"
		files = append(files, `"`+file+`"`)
		if n == 0 {
			continue
		}
		text := city.Draft(city.Basics{
			City: town, English: "Town " + strings.ToUpper(town[len(town)-1:]), Spanish: "Villa " + strings.ToUpper(town[len(town)-1:]),
			State: "TX", Zone: "America/Chicago", Host: hostOf(town),
		})
		if err := os.WriteFile(filepath.Join(in.folder, file), text, 0o600); err != nil {
			return err
		}
	}
	return in.mend("127.0.0.1:8081", "127.0.0.1:0", `origin: "http://127.0.0.1:0"`, "",
		`cities: ["`+slug(0)+`.yaml"]`, "cities: ["+strings.Join(files, ", ")+"]\nproxies: [127.0.0.0/8]")
}

// mend replaces texts of the configuration, each of which must be there.
func (in *installation) mend(pairs ...string) error {
	text, err := os.ReadFile(in.config)
	if err != nil {
		return err
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			return fmt.Errorf("mending the configuration: init does not write %q any more", pairs[i])
		}
		text = bytes.Replace(text, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return os.WriteFile(in.config, text, 0o600)
}

// bring imports a file of bills into a town.
func (in *installation) bring(ctx context.Context, town, file string) (ended, error) {
	return await(ctx, in.program(ctx, "import", "bills", "--config", in.config, "--city", town, "--layout", "clearwell", file))
}

// fill gives each town its share of so many utility accounts, with a bill each.
func (in *installation) fill(ctx context.Context, utilityAccounts int) error {
	each := utilityAccounts / len(in.towns)
	for _, town := range in.towns {
		file := filepath.Join(in.folder, town+".csv")
		if err := writeFile(file, func(to *bufio.Writer) error { return (&extract{to}).bills(each) }); err != nil {
			return err
		}
		if _, err := in.bring(ctx, town, file); err != nil {
			return err
		}
	}
	return nil
}

// serve starts the program on the installation.
func (in *installation) serve(ctx context.Context) (*running, error) {
	return serve(ctx, in.program(ctx, "serve", "--config", in.config))
}
