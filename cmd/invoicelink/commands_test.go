package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"invoicelink/checkout/sandbox"
)

// commands are what the sessions need next to the program and testscript's own.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":    cmdExits,
	"files":    cmdFiles,
	"truncat":  cmdTruncate,
	"api":      cmdAPI,
	"rows":     cmdRows,
	"await":    cmdAwait,
	"workbook": cmdWorkbook,
	"faults":   cmdFaults,
	"ports":    cmdPorts,
	"nats":     cmdNATS,
	"ready":    cmdReady,
	"publish":  cmdPublish,
	"event":    cmdEvent,
	"object":   cmdObject,
	"refused":  cmdRefused,
	"ask":      cmdAsk,
	"traces":   cmdTraces,
}

// exits CODE COMMAND... runs a program and wants that exit code.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		var code interface{ ExitCode() int }
		if !asExit(err, &code) {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = code.ExitCode()
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

func asExit(err error, target *interface{ ExitCode() int }) bool {
	for err != nil {
		if e, ok := err.(interface{ ExitCode() int }); ok {
			*target = e
			return true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

// files COUNT PATTERN wants so many files to fit the pattern.
func cmdFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: files COUNT PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if strconv.Itoa(len(found)) != args[0] {
		ts.Fatalf("%d files fit %s, want %s", len(found), args[1], args[0])
	}
}

// truncat FILE BYTES cuts a file off.
func cmdTruncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncat FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// rows COUNT FILE writes a CSV file of that many one-line invoices.
func cmdRows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rows COUNT FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b bytes.Buffer
	b.WriteString("Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "N-%05d,2026-11-20,2026-12-20,EUR,Sample Buyer,Consulting,1,%d.50,25\n", i, i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// servers are the APIs of all sessions, by the URL in their $API.
var servers sync.Map

// faults [fault-json...] replaces the script of faults of this session's API.
func cmdFaults(ts *testscript.TestScript, neg bool, args []string) {
	server, ok := servers.Load(ts.Getenv("API"))
	if !ok {
		ts.Fatalf("no api in this session")
	}
	ts.Check(server.(*sandbox.Server).SetFaults(parseFaults(ts, args)...))
}

func parseFaults(ts *testscript.TestScript, args []string) (faults []sandbox.Fault) {
	for _, arg := range args {
		var f sandbox.Fault
		ts.Check(json.Unmarshal([]byte(arg), &f))
		faults = append(faults, f)
	}
	return faults
}

// api [fault-json...] starts an imitation of the checkout API under a path
// prefix for this session and names it in $API.
func cmdAPI(ts *testscript.TestScript, neg bool, args []string) {
	server, err := sandbox.Open(sandbox.Config{Prefix: "/gateway/v9", Username: "merchant", Password: "correct horse", Faults: parseFaults(ts, args)})
	ts.Check(err)
	web := httptest.NewServer(server)
	ts.Defer(func() {
		_ = server.Close() // ends the calls that hang
		web.Close()
	})
	ts.Setenv("API", web.URL+"/gateway/v9")
	servers.Store(web.URL+"/gateway/v9", server)
	ts.Setenv("API_CONTROL", web.URL)
	ts.Setenv("INVOICELINK_CHECKOUT_PASSWORD", "correct horse")
}

func digestFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// await FILE waits until a program in the background has made the file.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("%s does not appear", args[0])
		}
	}
}

// workbook KIND FILE writes a workbook that nobody should send: encrypted, a
// bomb that unpacks to far more than it weighs, or a zip that is none.
func cmdWorkbook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: workbook KIND FILE")
	}
	path := ts.MkAbs(args[1])
	f := excelize.NewFile()
	switch args[0] {
	case "encrypted":
		ts.Check(f.SaveAs(path, excelize.Options{Password: "secret"}))
	case "bomb":
		ts.Check(f.SaveAs(path))
		bomb(ts, path)
	case "other-zip":
		out, err := os.Create(path)
		ts.Check(err)
		z := zip.NewWriter(out)
		_, err = z.Create("readme.txt")
		ts.Check(err)
		ts.Check(z.Close())
		ts.Check(out.Close())
	default:
		ts.Fatalf("no such kind: %s", args[0])
	}
	ts.Check(f.Close())
}

// bomb replaces the sheet of a workbook by 2 GB of spaces. They are packed once
// a megabyte: a flushed block of deflate stands for itself and can be repeated.
func bomb(ts *testscript.TestScript, path string) {
	in, err := zip.OpenReader(path)
	ts.Check(err)
	out, err := os.Create(path + ".tmp")
	ts.Check(err)
	z := zip.NewWriter(out)
	for _, part := range in.File {
		if part.Name == "xl/worksheets/sheet1.xml" {
			packed := spaces(ts, 2<<10)
			w, err := z.CreateRaw(&zip.FileHeader{
				Name: part.Name, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: 2 << 30,
			})
			ts.Check(err)
			_, err = w.Write(packed)
			ts.Check(err)
			continue
		}
		ts.Check(z.Copy(part))
	}
	ts.Check(z.Close())
	ts.Check(out.Close())
	ts.Check(in.Close())
	ts.Check(os.Rename(path+".tmp", path))
}

// spaces deflates that many megabytes of spaces.
func spaces(ts *testscript.TestScript, megabytes int) []byte {
	var block bytes.Buffer
	w, err := flate.NewWriter(&block, flate.BestCompression)
	ts.Check(err)
	_, err = w.Write(bytes.Repeat([]byte(" "), 1<<20))
	ts.Check(err)
	ts.Check(w.Flush())
	packed := bytes.Repeat(block.Bytes(), megabytes)
	block.Reset()
	ts.Check(w.Close()) // the last block
	return append(packed, block.Bytes()...)
}
