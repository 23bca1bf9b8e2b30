package bench

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	"clearwell/internal/money"
)

// extract writes bills as a billing system does, in our own layout.
type extract struct{ *bufio.Writer }

func writeFile(path string, fill func(*bufio.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	to := bufio.NewWriterSize(file, 1<<20)
	return errors.Join(fill(to), to.Flush(), file.Close())
}

// bills are those of so many utility accounts, one each, with the trailer that
// says how many and how much.
func (e *extract) bills(n int) error {
	fmt.Fprintln(e, "record,utility_account,name,service_address,mailing_1,city,state,zip,service,"+
		"bill_number,bill_date,due_date,service_from,service_to,current,amount_due")
	sum := money.Amount{}
	for i := range n {
		b := bill(i)
		fmt.Fprintf(e, "BILL,%s,\"%s\",%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", b.Number, b.Name, b.ServiceAddress, b.Mailing.Lines[0],
			b.Mailing.City, b.Mailing.State, b.ZIP, b.Service, b.Bill, b.BilledOn, b.DueOn, b.From, b.To, plain(*b.Current), plain(*b.Amount))
		sum = sum.Add(*b.Amount)
	}
	_, err := fmt.Fprintf(e, "TRAILER,%d,%s\n", n, plain(sum))
	return err
}

// plain is an amount as files write it: 61.25.
func plain(a money.Amount) string { return fmt.Sprintf("%d.%02d", a.Cents()/100, a.Cents()%100) }

// rawBills are the same bills as the engine's own load reads them: the columns
// of [rawColumns], parted by tabs.
func (e *extract) rawBills(n int) error {
	for i := range n {
		b := bill(i)
		_, err := fmt.Fprintf(e, "%s\tload_00000000000000000000000000\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\n",
			sampletown, b.Line, b.Number, b.Display, b.Name, b.ServiceAddress, b.ZIP, b.Mailing.Lines[0], b.Mailing.City, b.Mailing.State,
			b.Mailing.ZIP, b.Service, b.Bill, b.BilledOn, b.DueOn, b.From, b.To, b.Amount.Cents(), b.Current.Cents())
		if err != nil {
			return err
		}
	}
	return nil
}
