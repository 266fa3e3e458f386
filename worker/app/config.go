package app

import (
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/broker/embedded"
)

// Config is all that the program needs to work on invoices. Store and Checkout
// are mandatory; for the rest zero is the default.
type Config struct {
	Store    Store
	Checkout Checkout
	// Seller is printed on requests that name no upload. nil refuses these;
	// uploads bring a seller of their own.
	Seller *invoice.Seller
	// Out is a directory where every PDF is kept next to the object store; ""
	// means the object store alone. Uploads may name a directory of their own.
	Out string
	// StoreAll keeps the PDFs of uploads that name a directory in the object
	// store as well.
	StoreAll bool
	// Worker says how requests are worked on. Broker, Ledger, Checkout,
	// Archive, Seller, Bucket, OnRetryAfter, SingleWorker and Log are set by Open.
	Worker worker.Config
	// IdleTimeout ends App.RunWhile once no call to the checkout API has
	// succeeded for that long; 0 means never.
	IdleTimeout time.Duration
	// OnCall, if set, gets one report for each HTTP call to the checkout API.
	OnCall func(checkout.Call)
	// Log is mandatory.
	Log *slog.Logger
}

// Store says where the ledger and the queue are.
type Store struct {
	// Dir is the data directory: of the ledger and the embedded broker, and of
	// the sandbox's state. It is created if missing.
	Dir string
	// URL names a NATS server, or several separated by commas; "" runs a broker
	// in this process.
	URL string
	// Options show this program to the server at URL.
	Options []nats.Option
	// Replicas of each stream and bucket on a cluster; 0 makes one where it is
	// missing and takes what is there.
	Replicas int
	// Listener opens the embedded broker to the clients of other programs; the
	// zero value to none. Its Dir and Log are set by Open.
	Listener embedded.Config
	// Join uses the broker of a process that holds the data directory, if there
	// is one. That process does the work then.
	Join bool
	// AdoptCopy takes a data directory that is a copy of another, which is used
	// no more.
	AdoptCopy bool
	// OnWait, if set, has a server at URL that is away waited for; it is called
	// with each new reason. Otherwise that is an error.
	OnWait func(reason error)
	// OnCreate, if set, is called with the data directory if it was created.
	OnCreate func(dir string)
}

// Checkout says which checkout account makes the links.
type Checkout struct {
	// URL, Username, Password, AllowHTTP and ErrorBodies are as in
	// checkout.Config.
	URL, Username, Password string
	AllowHTTP               bool
	ErrorBodies             []checkout.BodyKind
	// Sandbox imitates the API inside this process instead; its state is kept
	// in the data directory. SandboxURL is what its payment links begin with;
	// "" means where "invoicelink sandbox" serves them.
	Sandbox    bool
	SandboxURL string
	// Rate is the most calls a second, of this process or on a NATS server of
	// all workers together; 0 means no limit.
	Rate float64
}
