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
		if file := os.Getenv("INVOICELINK_TEST_CPU_PROFILE"); file != "" {
			profiled(file)
		}
		main()
	}
	if node := os.Getenv(asNode); node != "" {
		runNode(node)
		return
	}
	testscript.Main(m, map[string]func(){"invoicelink": main})
}

// profiled runs the program with a CPU profile.
func profiled(file string) {
	f, err := os.Create(file)
	if err != nil {
		panic(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		panic(err)
	}
	tuneMemory()
	code := run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	pprof.StopCPUProfile()
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
