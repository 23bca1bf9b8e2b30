package cardscan_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"clearwell/internal/cardscan"
)

func ExampleRedact() {
	fmt.Println(cardscan.Redact("Customer said: 4242-4242-4242-4242, exp 12/27"))
	// Output: Customer said: [card number removed], exp 12/27
}

func ExampleCheck() {
	for _, value := range []string{"123 N Main St", "４２４２ ４２４２ ４２４２ ４２４２", "123 456 789 012"} {
		fmt.Println(cardscan.Check(value))
	}
	// Output:
	// <nil>
	// card_number
	// long_number
}

func ExampleReader() {
	body := cardscan.NewReader(strings.NewReader("note=%34242+4242+4242+4242"))
	_, err := io.ReadAll(body)
	fmt.Println(errors.Is(err, cardscan.ErrCard))
	// Output: true
}

func ExampleWriter() {
	log := cardscan.NewWriter(os.Stdout)
	fmt.Fprint(log, "typed 4242")
	fmt.Fprint(log, "424242424242\n")
	// Output: typed [card number removed]
}

func ExampleHunt() {
	page := []byte("\x00\x00\x17row\x00NDI0MjQyNDI0MjQyNDI0Mg\x00")
	for _, hit := range cardscan.Hunt(page, "4242424242424242") {
		fmt.Println(hit.Form, "at", hit.Offset)
	}
	// Output: plain in base64 at 7
}
