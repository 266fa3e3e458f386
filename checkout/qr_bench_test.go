package checkout_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxqr "github.com/makiuchi-d/gozxing/qrcode"

	"invoicelink/checkout"
)

// BenchmarkReadQR is the way of every link; its forms are those of the table
// in qr_test.go, 500 pixels wide.
func BenchmarkReadQR(b *testing.B) {
	link := benchLink(1)
	for _, form := range []string{"png1", "png-palette8", "png-gray", "png-rgb", "png-rgba", "jpeg"} {
		encoded := encodeCode(b, drawCode(b, link, 500, 4), form)
		b.Run(form, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := checkout.ReadQR(encoded, link); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDetector is gozxing's default way, for comparison.
func BenchmarkDetector(b *testing.B) {
	link := benchLink(1)
	encoded := encodeCode(b, drawCode(b, link, 500, 4), "png1")
	b.ReportAllocs()
	for b.Loop() {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			b.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			b.Fatal(err)
		}
		bmp, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			b.Fatal(err)
		}
		got, err := zxqr.NewQRCodeReader().Decode(bmp, nil)
		if err != nil || got.GetText() != link {
			b.Fatalf("got %v, %v", got, err)
		}
	}
}

// BenchmarkDrawQR is what a code costs that has to be made here.
func BenchmarkDrawQR(b *testing.B) {
	for b.Loop() {
		if _, err := checkout.DrawQR(benchLink(1)); err != nil {
			b.Fatal(err)
		}
	}
}

// benchLink is 98 bytes long, the usual size.
func benchLink(n int) string {
	return fmt.Sprintf("https://testgateway.altapaysecure.com/checkout/pay/%08d-6f1c-4a52-9d3e-5b7a9c1e2f40/abcdefghij", n)
}
