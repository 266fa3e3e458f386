package checkout_test

import (
	"context"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
)

// A session says what is to be paid, a link on it can be paid, and its code is
// read before it is printed. The sandbox in this process stands for the API.
func ExampleClient_CreateLink() {
	api, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer api.Close()
	client, err := checkout.New(checkout.Config{
		BaseURL: sandbox.DefaultPublicURL, Transport: api.RoundTripper(),
		Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	session, err := client.CreateSession(ctx, checkout.SessionRequest{
		OrderID: "2026-0042", Amount: invoice.Money{Amount: "125", Currency: "EUR"},
		Lines:    []checkout.OrderLine{{ItemID: "1", Description: "Consulting", Quantity: "1", UnitPrice: "100", TaxAmount: "25"}},
		Customer: checkout.Customer{LastName: "Sample Buyer"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := client.CreateLink(ctx, session.ID, checkout.LinkRequest{Size: 500, Validity: 30 * 24 * time.Hour, ActivationTTL: 24 * time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	qr, err := checkout.ReadQR(link.QRCode, link.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.OrderID, session.Capture, link.Environment, qr.Source)
	fmt.Println("valid for", link.ValidUntil().Sub(link.RequestedAt))
	// Output:
	// 2026-0042 auto sandbox returned
	// valid for 720h0m0s
}
