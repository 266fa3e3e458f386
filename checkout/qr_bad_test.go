package checkout_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"invoicelink/checkout"

	"invoicelink/worker/testkit/tool"
)

// TestReadQRSpellings covers every way to write the same bytes as text.
func TestReadQRSpellings(t *testing.T) {
	t.Parallel()
	link := benchLink(7)
	plain := encodeCode(t, drawCode(t, link, 300, 4), "jpeg-color")
	raw, err := base64.StdEncoding.DecodeString(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"standard":     plain,
		"unpadded":     strings.TrimRight(plain, "="),
		"url-safe":     base64.URLEncoding.EncodeToString(raw),
		"url unpadded": base64.RawURLEncoding.EncodeToString(raw),
		"wrapped":      " " + plain[:76] + "\r\n" + plain[76:152] + "\n\t" + plain[152:] + "\n",
		"data URI":     "data:image/jpeg;base64," + plain,
		"wrong type":   "DATA:image/png;charset=utf-8;BASE64," + plain,
		"no type":      "data:;base64," + plain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := checkout.ReadQR(text, link); err != nil {
				t.Errorf("got %v, want it read", err)
			}
		})
	}
}

// TestReadQRUnreadable holds that no bad image is more than an error, and the
// error the one that allows to draw.
func TestReadQRUnreadable(t *testing.T) {
	t.Parallel()
	link := benchLink(1)
	good, err := base64.StdEncoding.DecodeString(encodeCode(t, drawCode(t, link, 300, 4), "png1"))
	if err != nil {
		t.Fatal(err)
	}
	white := image.NewGray(image.Rect(0, 0, 300, 300))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	var blank bytes.Buffer
	if err := png.Encode(&blank, white); err != nil {
		t.Fatal(err)
	}
	var zeros bytes.Buffer
	z := zlib.NewWriter(&zeros)
	_, _ = z.Write(make([]byte, 1<<20))
	_ = z.Close()
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0x40
	b64 := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"empty":            "",
		"space":            " \n\t ",
		"no base64":        "this is no image!",
		"half a character": "A",
		"data URI, plain":  "data:image/png,abc",
		"data URI, cut":    "data:image/png;base64",
		"too long":         strings.Repeat("A", 9<<20),
		"text":             b64([]byte("<html>sorry</html>")),
		"GIF":              b64([]byte("GIF89a........................")),
		"PNG header only":  b64(good[:8]),
		"PNG cut":          b64(good[:len(good)/2]),
		"PNG flipped bit":  b64(flipped),
		"JPEG header only": b64([]byte("\xff\xd8\xff\xe0")),
		"blank":            b64(blank.Bytes()),
		"one pixel":        b64(pngFile(1, 1, 8, 0, 0, zeros.Bytes())),
		"bomb, square":     b64(pngFile(100_000, 100_000, 1, 0, 0, zeros.Bytes())),
		"bomb, overflow":   b64(pngFile(1<<31-1, 1<<31-1, 8, 6, 0, zeros.Bytes())),
		"bomb, too little": b64(pngFile(4000, 4000, 8, 6, 0, zeros.Bytes())),
		"colour 7":         b64(pngFile(300, 300, 8, 7, 0, zeros.Bytes())),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := checkout.ReadQR(text, link)
			if !errors.Is(err, checkout.ErrQRUnreadable) {
				t.Fatalf("got %v, %v, want ErrQRUnreadable", got.Source, err)
			}
			// A bomb is refused by its header, before memory is taken for it.
			if name == "bomb, square" && !strings.Contains(err.Error(), "too many") {
				t.Errorf("was decoded: %v", err)
			}
			if len(err.Error()) > 300 {
				t.Errorf("error is %d bytes long: %.400s", len(err.Error()), err)
			}
		})
	}
}

func TestReadQRMismatch(t *testing.T) {
	t.Parallel()
	other := "https://elsewhere.example/" + strings.Repeat("x", 500) + "\x00\x1b[31m"
	for _, form := range []string{"png1", "jpeg", "png-inverted"} {
		_, err := checkout.ReadQR(encodeCode(t, drawCode(t, other, 700, 4), form), benchLink(1))
		e, ok := errors.AsType[*checkout.QRMismatchError](err)
		if !ok {
			t.Fatalf("%s: got %v, want a mismatch", form, err)
		}
		if e.Want != benchLink(1) || !strings.HasPrefix(e.Got, "https://elsewhere.example/xx") || len([]rune(e.Got)) > 300 || strings.Contains(e.Got, "\x1b") {
			t.Errorf("%s: got want %q, got %q", form, e.Want, e.Got)
		}
		if errors.Is(err, checkout.ErrQRUnreadable) {
			t.Errorf("%s: a mismatch must not pass for unreadable", form)
		}
	}
	// One character of case is another link.
	_, err := checkout.ReadQR(encodeCode(t, drawCode(t, strings.ToUpper(benchLink(1)), 500, 4), "png1"), benchLink(1))
	if _, ok := errors.AsType[*checkout.QRMismatchError](err); !ok {
		t.Errorf("got %v for another case, want a mismatch", err)
	}
}

// TestReadQRInPicture leaves sampling no chance: the code is turned a little
// and stands among other things, so the detector must find it.
func TestReadQRInPicture(t *testing.T) {
	t.Parallel()
	link := benchLink(3)
	c := drawCode(t, link, 500, 4)
	img := image.NewGray(image.Rect(0, 0, 700, 700))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 250}), image.Point{}, draw.Src)
	const cos, sin = 0.99863, 0.05234 // three degrees
	draw.CatmullRom.Transform(img, f64.Aff3{cos, -sin, 110, sin, cos, 80}, c.img, c.img.Rect, draw.Src, nil)
	draw.Draw(img, image.Rect(0, 680, 700, 690), image.Black, image.Point{}, draw.Src)
	got, err := checkout.ReadQR(encodeCode(t, codeImage{img: img}, "jpeg"), link)
	if err != nil {
		t.Fatal(err)
	}
	if got.Source != checkout.QRReturned {
		t.Fatalf("got source %q, want the returned one", got.Source)
	}
	sameModules(t, got.Modules, c.modules)
}

// TestReadQRCleanCodes: 2,000 clean codes of other lengths and sizes, of which
// the detector alone misreads 14 or so; 40 smaller ones in a short run.
func TestReadQRCleanCodes(t *testing.T) {
	t.Parallel()
	n, sizes := 40, 200
	if tool.IsLong() {
		n, sizes = 2000, 500
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		link := benchLink(i)[:30+rnd.IntN(69)] + strings.Repeat("y", rnd.IntN(150))
		size := 300 + rnd.IntN(sizes)
		c := drawCode(t, link, size, rnd.IntN(6))
		got, err := checkout.ReadQR(encodeCode(t, c, "png1"), link)
		if err != nil || got.Source != checkout.QRReturned {
			t.Errorf("code %d, %d pixels: %q, %v", i, size, got.Source, err)
			continue
		}
		sameModules(t, got.Modules, c.modules)
	}
}

func TestDrawQR(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		length int
		note   bool
	}{{98, false}, {2000, false}, {2048, false}, {2500, true}} {
		link := "https://example.com/" + strings.Repeat("k", c.length-20)
		got, err := checkout.DrawQR(link)
		if err != nil || got.Source != checkout.QRDrawn || (got.Note != "") != c.note {
			t.Fatalf("%d bytes: source %q, note %q, %v", c.length, got.Source, got.Note, err)
		}
		if n := len(got.Modules); n < 21 || (n-17)%4 != 0 || len(got.Modules[n-1]) != n || !got.Modules[0][0] || !got.Modules[n-1][0] {
			t.Errorf("%d bytes: %d modules a side, or no finder patterns at the edges", c.length, n)
		}
		// What was drawn reads back.
		back := paintModules(got.Modules)
		if read, err := checkout.ReadQR(encodeCode(t, codeImage{img: back}, "png-gray"), link); err != nil || read.Source != checkout.QRReturned {
			t.Errorf("%d bytes: read back %q, %v", c.length, read.Source, err)
		}
	}
	for _, link := range []string{"", strings.Repeat("k", 3000)} {
		if _, err := checkout.DrawQR(link); err == nil {
			t.Errorf("%d bytes were drawn", len(link))
		}
	}
}

func paintModules(m [][]bool) *image.Gray {
	n := len(m) + 8
	img := image.NewGray(image.Rect(0, 0, n*3, n*3))
	for y := range n * 3 {
		for x := range n * 3 {
			my, mx := y/3-4, x/3-4
			if my < 0 || mx < 0 || my >= len(m) || mx >= len(m) || !m[my][mx] {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

// FuzzReadQR: whatever is returned, the worker goes on; and what is accepted
// as the returned code holds the link.
func FuzzReadQR(f *testing.F) {
	link := "https://example.com/pay/1"
	for _, form := range []string{"png1", "png4", "png-rgba", "png-palette-alpha", "png-interlaced-gray1", "jpeg"} {
		raw, err := base64.StdEncoding.DecodeString(encodeCode(f, drawCode(f, link, 120, 2), form))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, false)
		f.Add(raw[:len(raw)/2], true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, asText bool) {
		text := string(raw)
		if !asText {
			text = base64.StdEncoding.EncodeToString(raw)
		}
		got, err := checkout.ReadQR(text, link)
		if err == nil {
			if len(got.Modules) < 21 || got.Source == "" {
				t.Fatalf("accepted %d modules from %q", len(got.Modules), got.Source)
			}
			return
		}
		if _, mismatch := errors.AsType[*checkout.QRMismatchError](err); !mismatch && !errors.Is(err, checkout.ErrQRUnreadable) {
			t.Fatalf("got an error of no known kind: %v", err)
		}
	})
}
