package main

import (
	"context"
	"os"
	"runtime/pprof"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the sessions in testdata/script call the program by its name.
func TestMain(m *testing.M) {
	if os.Getenv("INVOICELINK_TEST_AS_PROGRAM") == "1" { // see child
		if profile, peak := os.Getenv("INVOICELINK_TEST_CPU_PROFILE"), os.Getenv(peakFile); profile != "" || peak != "" {
			measured(profile, peak)
		}
		main()
	}
	if node := os.Getenv(asNode); node != "" {
		runNode(node)
		return
	}
	testscript.Main(m, map[string]func(){"invoicelink": main})
}

// peakFile is the variable that names where a child leaves its status, in which
// Linux says how much memory it had at most (proc_pid_status(5)).
const peakFile = "INVOICELINK_TEST_PEAK"

// measured runs the program and leaves a CPU profile and its status in files, if
// they are named.
func measured(profile, peak string) {
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			panic(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			panic(err)
		}
	}
	tuneMemory()
	code := run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	pprof.StopCPUProfile()
	if status, err := os.ReadFile("/proc/self/status"); err == nil && peak != "" {
		if err := os.WriteFile(peak, status, 0o600); err != nil {
			panic(err)
		}
	}
	os.Exit(code)
}

// TestSessions runs the program as its users do. Each file of testdata/script
// is one session; sessions run in parallel, each in a directory of its own.
func TestSessions(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			root, err := os.Getwd()
			if err != nil {
				return err
			}
			env.Setenv("FIXTURES", root+"/../../fixtures")
			env.Setenv("HOME", env.WorkDir+"/home")
			// Most sessions have invoices of a few cells; legal.txtar is about
			// the default.
			env.Setenv("INVOICELINK_LEGAL", "warn")
			return os.Mkdir(env.WorkDir+"/home", 0o700)
		},
		Cmds: commands,
	})
}
