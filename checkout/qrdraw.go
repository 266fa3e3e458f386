package checkout

import (
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// DrawQR makes a QR code of the link, at error correction level M (15 % of the
// code may be damaged) or, if the link is too long for that, level L (7 %).
// Source is [QRDrawn].
func DrawQR(link string) (QR, error) {
	if link == "" {
		return QR{}, fmt.Errorf("draw the QR code: the link is empty")
	}
	code, err := qrcode.New(link, qrcode.Medium)
	note := ""
	if err != nil {
		if code, err = qrcode.New(link, qrcode.Low); err != nil {
			return QR{}, fmt.Errorf("draw the QR code of a link of %d bytes: %w", len(link), err)
		}
		note = "The link is too long for a QR code of error correction level M; level L was drawn."
	}
	code.DisableBorder = true
	return QR{Modules: code.Bitmap(), Source: QRDrawn, Note: note}, nil
}
