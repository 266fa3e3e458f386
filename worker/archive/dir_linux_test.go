package archive_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"invoicelink/worker/archive"
	"invoicelink/worker/testkit/tool"
)

// TestNoSpace writes to a file system of 64 KiB, in a mount namespace that ends
// with the process in which the test runs again.
func TestNoSpace(t *testing.T) {
	t.Parallel()
	const dirEnv = "ARCHIVE_TEST_SMALL_DISK"
	if dir := os.Getenv(dirEnv); dir != "" {
		noSpace(t, dir)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestNoSpace$", "-test.v")
	cmd.Env = append(os.Environ(), dirEnv+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "not permitted") {
		tool.Missing(t, "the right to mount a small file system is missing")
	}
	if err != nil || !strings.Contains(string(out), "PASS: TestNoSpace") {
		t.Errorf("%v\n%s", err, out)
	}
}

func noSpace(t *testing.T, dir string) {
	if err := errors.Join(syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""), syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k")); err != nil {
		t.Fatalf("mount: not permitted: %v", err)
	}
	a := openDir(t, dir)
	small := doc("INV-1", 1, "small")
	put(t, a, small, nil)
	_, err := a.Put(t.Context(), doc("INV-2", 1, strings.Repeat("x", 100<<10)), nil)
	if !archive.DiskFull(err) || !archive.Temporary(err) || !strings.Contains(err.Error(), "free some space") || !strings.Contains(err.Error(), "INV-2.pdf") {
		t.Errorf("got %v", err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("half a file was left: %v", got)
	}
	if _, err := a.Put(t.Context(), doc("INV-1", 2, strings.Repeat("x", 100<<10)), ledger{sum(small.Data): 1}.known); !archive.DiskFull(err) {
		t.Errorf("got %v", err)
	}
	holds(t, a, "INV-1", 0, small) // still the newest, and whole

	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatalf("remount: %v", err)
	}
	_, err = a.Put(t.Context(), doc("INV-3", 1, "x"), nil)
	if !errors.Is(err, syscall.EROFS) || !archive.Temporary(err) || archive.DiskFull(err) {
		t.Errorf("read-only: %v", err)
	}
	if _, err := archive.Dir(dir); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), dir) {
		t.Errorf("open read-only: %v", err)
	}
}

// What would block a reader is not opened.
func TestPipeAtTheName(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	a := openDir(t, path)
	if err := syscall.Mkfifo(filepath.Join(path, "INV-1.pdf"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Put(t.Context(), doc("INV-1", 1, "x"), nil); !errors.Is(err, archive.ErrForeignFile) {
		t.Errorf("got %v", err)
	}
}

// File systems without hard links (FAT, some network mounts) and kernels that
// guard other users' files get copies.
func TestWithoutLinks(t *testing.T) {
	t.Parallel()
	for _, errno := range []syscall.Errno{syscall.EPERM, syscall.ENOTSUP, syscall.EMLINK} {
		path := t.TempDir()
		a := openDir(t, path)
		archive.WithoutLinks(a, errno)
		one, two := doc("INV-1", 1, "one"), doc("INV-1", 2, "two")
		put(t, a, one, nil)
		put(t, a, two, ledger{sum(one.Data): 1}.known)
		holds(t, a, "INV-1", 0, two)
		holds(t, a, "INV-1", 1, one)
		if got := files(t, path); len(got) != 2 {
			t.Errorf("%v: there are %v", errno, got)
		}
	}
	path := t.TempDir()
	a := openDir(t, path)
	archive.WithoutLinks(a, syscall.EIO)
	if _, err := a.Put(t.Context(), doc("INV-1", 1, "x"), nil); !errors.Is(err, syscall.EIO) || !archive.Temporary(err) {
		t.Errorf("got %v", err)
	}
	if got := files(t, path); len(got) != 0 {
		t.Errorf("there are %v", got)
	}
}

// A place where nobody can create files, whoever runs the test.
func TestDirectoryNotWritable(t *testing.T) {
	t.Parallel()
	if _, err := archive.Dir("/proc/self/fdinfo"); err == nil || !strings.Contains(err.Error(), "write to the PDF directory /proc/self/fdinfo") {
		t.Errorf("got %v", err)
	}
}
