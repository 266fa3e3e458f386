package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker"
)

// logFlags say what is written to standard error.
type logFlags struct {
	LogFormat string `enum:"text,json" default:"text" help:"Format of the log on standard error: ${enum}." placeholder:"FORMAT"`
	LogLevel  string `enum:",debug,info,warn,error" default:"" help:"Least severe level to log: debug, info, warn or error." placeholder:"LEVEL"`
}

// logger writes to w; fallback is the level where none was asked for.
func (f logFlags) logger(w io.Writer, fallback slog.Level) *slog.Logger {
	level := fallback
	if f.LogLevel != "" {
		_ = level.UnmarshalText([]byte(f.LogLevel)) // the parser has checked it
	}
	o := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// storeFlags say where the ledger and the queue are.
type storeFlags struct {
	Data string `type:"path" help:"Directory of the ledger and the embedded broker. Default: in the user's state directory." placeholder:"DIR"`
	NATS string `name:"nats" help:"URL of a NATS server with JetStream, or several separated by commas; empty runs one in this process." placeholder:"URL"`
	natsFlags
}

// directory is the data directory; the sandbox's is another one, so that
// trying out leaves the real ledger alone.
func (f storeFlags) directory(sandbox bool) (string, error) {
	if f.Data != "" {
		return f.Data, nil
	}
	name := "invoicelink"
	if sandbox {
		name = "invoicelink-sandbox"
	}
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, name), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return "", fmt.Errorf("find a data directory: %w; name one with --data", err)
		}
		return filepath.Join(dir, name), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find a data directory: %w; name one with --data", err)
	}
	return filepath.Join(home, ".local", "state", name), nil
}

// checkoutFlags say which checkout account makes the links.
type checkoutFlags struct {
	CheckoutURL          string   `name:"checkout-url" help:"Base URL of the checkout API, with any path prefix." placeholder:"URL"`
	CheckoutUsername     string   `help:"User name at the checkout API." placeholder:"NAME"`
	CheckoutPasswordFile string   `type:"path" help:"File that holds the password. The password itself only by the variable INVOICELINK_CHECKOUT_PASSWORD." placeholder:"FILE"`
	CheckoutAllowHTTP    bool     `name:"checkout-allow-http" help:"Accept plain HTTP to other hosts than this one. The password then travels in the clear."`
	CheckoutReport       string   `type:"path" help:"Report of \"probe\" about this gateway. Default: it writes its refusals as JSON." placeholder:"FILE"`
	Sandbox              bool     `help:"Use an imitation of the checkout API inside this process. Its PDFs are marked as not payable."`
	Rate                 float64  `help:"Most calls a second to the checkout API; 0 is no limit." default:"0" placeholder:"N"`
	LinkValidity         duration `help:"How long a payment link lives. Default: until 30 days past the due date, at least 14 days." placeholder:"DURATION"`
	LinkActivation       duration `help:"How long a link lives once it was opened. Default: as long as its validity." placeholder:"DURATION"`
	LinkSize             int      `help:"Size of the QR image to ask for, in pixels." default:"500" placeholder:"N"`
	LinkPage             string   `help:"Your own payment page, as the link's url." placeholder:"URL"`
	Capture              string   `enum:"auto,manual" default:"auto" help:"When the money of a payment is taken: auto as soon as it is paid, manual reserves it until it is captured at the gateway." placeholder:"WHEN"`
	QRMismatch           string   `name:"qr-mismatch" enum:"refuse,draw" default:"refuse" help:"What to do if the returned QR code holds something else than the link: ${enum}." placeholder:"WHAT"`
}

// problems says everything that is wrong with the flags, each by its name and
// variable.
func (f *checkoutFlags) problems() error {
	var all []error
	add := func(flag, format string, args ...any) {
		all = append(all, fmt.Errorf("%s (%s): %s", flag, envOf(flag), fmt.Sprintf(format, args...)))
	}
	switch {
	case f.Sandbox && f.CheckoutURL != "":
		add("--sandbox", "cannot be used together with --checkout-url; a sandbox link must never end on a real invoice")
	case !f.Sandbox && f.CheckoutURL == "":
		add("--checkout-url", "is missing; give the URL of the checkout API, or --sandbox to try things out")
	case !f.Sandbox && f.CheckoutUsername == "":
		add("--checkout-username", "is missing")
	}
	if _, err := readProbe("--checkout-report", f.CheckoutReport); err != nil {
		all = append(all, err)
	}
	if f.Rate < 0 {
		add("--rate", "%v is negative", f.Rate)
	}
	if f.LinkSize < 50 || f.LinkSize > 2000 {
		add("--link-size", "%d is not between 50 and 2000 pixels", f.LinkSize)
	}
	for flag, d := range map[string]duration{"--link-validity": f.LinkValidity, "--link-activation": f.LinkActivation} {
		if d != 0 && d.value() < time.Minute {
			add(flag, "%v is less than a minute, which is what the API counts in", d.value())
		}
	}
	if f.LinkPage != "" {
		if u, err := url.Parse(f.LinkPage); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			add("--link-page", "%q is not an http or https URL", f.LinkPage)
		}
	}
	if !f.Sandbox && f.CheckoutURL != "" && f.CheckoutUsername != "" {
		if password, err := f.password(); err != nil {
			all = append(all, err)
		} else if _, err := checkout.New(checkout.Config{
			BaseURL: f.CheckoutURL, Username: f.CheckoutUsername, Password: password, AllowHTTP: f.CheckoutAllowHTTP,
		}); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

func (f *checkoutFlags) links() worker.LinkPolicy {
	return worker.LinkPolicy{
		Validity: f.LinkValidity.value(), Activation: f.LinkActivation.value(),
		Size: f.LinkSize, PageURL: f.LinkPage, DrawOnMismatch: f.QRMismatch == "draw",
		Capture: checkout.Capture(f.Capture),
	}
}

// password reads the secret from where secrets may come from. It never shows
// in an error.
func (f *checkoutFlags) password() (string, error) {
	if f.CheckoutPasswordFile == "" {
		p := os.Getenv("INVOICELINK_CHECKOUT_PASSWORD")
		if p == "" {
			return "", errors.New("password of the checkout API is missing; give --checkout-password-file, or the variable INVOICELINK_CHECKOUT_PASSWORD")
		}
		return p, nil
	}
	return readSecret("--checkout-password-file", f.CheckoutPasswordFile)
}

// maxSecret is the largest secret file: a file that is larger is another one.
const maxSecret = 4 << 10

func readSecret(flag, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("%s: read %s: %w", flag, path, err)
	}
	secret := strings.TrimRight(string(data), "\r\n")
	if secret == "" || len(data) > maxSecret {
		return "", fmt.Errorf("%s: %s is empty or longer than %d bytes", flag, path, maxSecret)
	}
	return secret, nil
}

func envOf(flag string) string {
	return "INVOICELINK_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(flag, "--"), "-", "_"))
}
