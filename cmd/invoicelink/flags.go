package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker"
	"invoicelink/worker/app"
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
	Data      string `type:"path" help:"Directory of the ledger and the embedded broker. Default: in the user's state directory." placeholder:"DIR"`
	NATS      string `name:"nats" help:"URL of a NATS server with JetStream, or several separated by commas; empty runs one in this process." placeholder:"URL"`
	AdoptCopy bool   `help:"Take a data directory that is a copy of another, which nobody uses any more."`
	natsFlags
}

// store says where the ledger and the queue are.
func (f storeFlags) store(sandbox bool) (app.Store, error) {
	dir, err := f.directory(sandbox)
	if err != nil {
		return app.Store{}, err
	}
	options, err := f.options(f.NATS)
	return app.Store{Dir: dir, URL: f.NATS, Options: options, AdoptCopy: f.AdoptCopy}, err
}

// openLedger opens the ledger for a command that calls no API: on the process
// that holds the directory, if there is one. With existing set it makes none.
func (f storeFlags) openLedger(ctx context.Context, sandbox, existing bool, log *slog.Logger) (*app.App, error) {
	st, err := f.store(sandbox)
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	if _, err := os.Stat(st.Dir); existing && f.NATS == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, &exit{exitUsage, fmt.Errorf("no ledger at %s; name its directory with --data", st.Dir)}
	}
	st.Join = true
	a, err := app.OpenLedger(ctx, app.Config{Store: st, Log: log})
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	return a, nil
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

// readFlags say how spreadsheets are read.
type readFlags struct {
	MaxRows int `help:"Most rows a spreadsheet may have." default:"100000" placeholder:"N"`
	legalFlag
	AcceptRounding bool `help:"Take over stated totals that differ by at most 0.01 per line, as rounding."`
}

// documentFlag says what is made next to each PDF.
type documentFlag struct {
	UBL bool `name:"ubl" help:"Write a Peppol e-invoice (UBL, BIS Billing 3.0) next to each PDF. The PDF carries factur-x.xml in any case, unless the profile says e_invoice: none."`
}

// workFlags say how a command works that ends with its invoices.
type workFlags struct {
	documentFlag
	Concurrency string   `help:"Invoices in progress at once: a number, or auto, which grows while the API's latency holds and shrinks when it refuses calls." default:"auto" placeholder:"N"`
	IdleTimeout duration `aliases:"patience" env:"INVOICELINK_IDLE_TIMEOUT,INVOICELINK_PATIENCE" help:"End with work left when no call succeeded for so long." default:"5m" placeholder:"DURATION"`
	GiveUpAfter duration `help:"Age at which temporary problems count as final." default:"72h" placeholder:"DURATION"`
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
	PayURL               string   `name:"pay-url" help:"Print your own payment page instead of links: the https URL that its addresses begin with, such as https://pay.example.com. \"serve --pay-listen\" or \"paypage\" serves it." placeholder:"URL"`
	PayMode              string   `enum:"own,via-url" default:"own" help:"Which code is printed with --pay-url: own draws it, via-url gives the address to the checkout API and prints what comes back if that leads to the page." placeholder:"MODE"`
	LinkPage             string   `help:"Your own payment page, as the link's url." placeholder:"URL"`
	Capture              string   `enum:"auto,manual" default:"auto" help:"When the money of a payment is taken: auto as soon as it is paid, manual reserves it until it is captured at the gateway." placeholder:"WHEN"`
	QRMismatch           string   `name:"qr-mismatch" enum:"refuse,draw" default:"refuse" help:"What to do if the returned QR code holds something else than the link: ${enum}." placeholder:"WHAT"`
}

// account is the checkout account that the flags name, or everything that is
// wrong with them, each by its name and variable.
func (f *checkoutFlags) account() (app.Checkout, error) {
	c := app.Checkout{URL: f.CheckoutURL, Username: f.CheckoutUsername, AllowHTTP: f.CheckoutAllowHTTP, Sandbox: f.Sandbox, Rate: f.Rate}
	var all problems
	switch {
	case f.Sandbox && f.CheckoutURL != "":
		all.flag("--sandbox", "cannot be used together with --checkout-url; a sandbox link must never end on a real invoice")
	case !f.Sandbox && f.CheckoutURL == "":
		all.flag("--checkout-url", "is missing; give the URL of the checkout API, or --sandbox to try things out")
	case !f.Sandbox && f.CheckoutUsername == "":
		all.flag("--checkout-username", "is missing")
	}
	if report, err := readProbe("--checkout-report", f.CheckoutReport); err != nil {
		all.add(err)
	} else if report != nil {
		c.ErrorBodies = report.Client.ErrorBodies
	}
	if f.Rate < 0 {
		all.flag("--rate", "%v is negative", f.Rate)
	}
	if f.LinkSize < 50 || f.LinkSize > 2000 {
		all.flag("--link-size", "%d is not between 50 and 2000 pixels", f.LinkSize)
	}
	for flag, d := range map[string]duration{"--link-validity": f.LinkValidity, "--link-activation": f.LinkActivation} {
		if d != 0 && d.value() < time.Minute {
			all.flag(flag, "%v is less than a minute, which is what the API counts in", d.value())
		}
	}
	if f.LinkPage != "" {
		if u, err := url.Parse(f.LinkPage); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			all.flag("--link-page", "%q is not an http or https URL", f.LinkPage)
		}
	}
	if f.PayURL != "" {
		if err := checkPayURL(f.PayURL); err != nil {
			all.flag("--pay-url", "%w", err)
		}
		if f.LinkPage != "" {
			all.flag("--link-page", "cannot be used together with --pay-url, which is the link's url")
		}
	}
	if f.Sandbox || f.CheckoutURL == "" {
		return c, all.err()
	}
	var err error
	if c.Password, err = f.password(); err != nil {
		all.add(err)
	} else if f.CheckoutUsername != "" {
		_, err := checkout.New(checkout.Config{BaseURL: c.URL, Username: c.Username, Password: c.Password, AllowHTTP: c.AllowHTTP})
		all.add(err)
	}
	return c, all.err()
}

func (f *checkoutFlags) links() worker.LinkPolicy {
	return worker.LinkPolicy{
		Validity: f.LinkValidity.value(), ActivationTTL: f.LinkActivation.value(),
		Size: f.LinkSize, PageURL: f.LinkPage, DrawOnMismatch: f.QRMismatch == "draw",
		Capture: checkout.Capture(f.Capture),
		PayPage: worker.PayPagePolicy{Base: strings.TrimRight(f.PayURL, "/"), ViaURL: f.PayMode == "via-url"},
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
