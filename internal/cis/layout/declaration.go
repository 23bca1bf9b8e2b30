package layout

// declaration is a layout as its YAML file spells it. docs/layouts.md explains
// each key to those who write one; compile checks them.
type declaration struct {
	Name         string                 `yaml:"name"`
	Title        string                 `yaml:"title"`
	Source       string                 `yaml:"source"`
	Notes        string                 `yaml:"notes"`
	Direction    string                 `yaml:"direction"`
	Form         string                 `yaml:"form"`
	Encoding     string                 `yaml:"encoding"`
	Delimiter    string                 `yaml:"delimiter"`
	Quote        string                 `yaml:"quote"`
	Header       string                 `yaml:"header"`
	Columns      int                    `yaml:"columns"`
	RecordLength int                    `yaml:"record_length"`
	FinalNewline string                 `yaml:"final_newline"`
	LineEnd      string                 `yaml:"line_end"`
	Dates        []string               `yaml:"dates"`
	Moments      []string               `yaml:"moments"`
	Amounts      *numberDeclaration     `yaml:"amounts"`
	Quantities   *numberDeclaration     `yaml:"quantities"`
	Flags        *flagDeclaration       `yaml:"flags"`
	Records      []recordDeclaration    `yaml:"records"`
	Skip         []skipDeclaration      `yaml:"skip"`
	Duplicates   *duplicatesDeclaration `yaml:"duplicates"`
	SeveralBills string                 `yaml:"several_bills"`
}

// place is where in a line a value stands: a column by name or number, or a
// span of bytes. Positions are 1-based and inclusive, as vendors print them.
type place struct {
	Named []string `yaml:"named"`
	At    int      `yaml:"at"`
	From  int      `yaml:"from"`
	To    int      `yaml:"to"`
}

type recordDeclaration struct {
	Record string             `yaml:"record"`
	Mark   *markDeclaration   `yaml:"mark"`
	Fields []fieldDeclaration `yaml:"fields"`
}

type markDeclaration struct {
	Place place  `yaml:",inline"`
	Is    string `yaml:"is"`
}

type fieldDeclaration struct {
	Field       string             `yaml:"field"`
	Place       place              `yaml:",inline"`
	Constant    *string            `yaml:"constant"`
	Compose     []partDeclaration  `yaml:"compose"`
	Drop        bool               `yaml:"drop"`
	Required    bool               `yaml:"required"`
	Optional    bool               `yaml:"optional"`
	Max         int                `yaml:"max"`
	LongNumbers bool               `yaml:"long_numbers"`
	Blank       []string           `yaml:"blank"`
	Codes       map[string]string  `yaml:"codes"`
	Dates       []string           `yaml:"dates"`
	Moments     []string           `yaml:"moments"`
	Number      *numberDeclaration `yaml:"number"`
	Flag        *flagDeclaration   `yaml:"flag"`
	Align       string             `yaml:"align"`
	Fill        string             `yaml:"fill"`
	Cut         bool               `yaml:"cut"`
}

type partDeclaration struct {
	Place place  `yaml:",inline"`
	Text  string `yaml:"text"`
	Line  bool   `yaml:"line"`
}

type numberDeclaration struct {
	Point    string   `yaml:"point"`
	Decimals *int     `yaml:"decimals"`
	Dollar   bool     `yaml:"dollar"`
	Commas   bool     `yaml:"commas"`
	Credit   []string `yaml:"credit"`
	Reversed bool     `yaml:"reversed"`
}

type flagDeclaration struct {
	Set   []string `yaml:"set"`
	Clear []string `yaml:"clear"`
}

type skipDeclaration struct {
	Place  place    `yaml:",inline"`
	Is     []string `yaml:"is"`
	Unless []string `yaml:"unless"`
	Reason string   `yaml:"reason"`
}

type duplicatesDeclaration struct {
	Key  []string `yaml:"key"`
	Keep string   `yaml:"keep"`
}
