package web

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/crypto/bcrypt"
)

// Users are people who may log in, with the bcrypt hashes of their passwords.
// They follow their file: a change is in force within a second, so a removed
// user is out at once. A file that has become unreadable changes nothing until
// it is right again; the error is logged. Users are safe for concurrent use.
type Users struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	read    fs.FileInfo // of the content below
	checked time.Time   // when the file was last looked at
	list    *userList
}

// userList is the content of a users file.
type userList struct {
	hashes map[string][]byte
	// decoy is compared if there is no such user, so that the time taken tells
	// nobody who exists.
	decoy []byte
}

// Limits of a users file and of what is typed into the login form.
const (
	maxUsersFile = 1 << 20
	maxUserName  = 64
	maxPassword  = 72 // bytes: bcrypt reads no more
	// goodCost is the bcrypt cost below which the log warns (OWASP Password
	// Storage Cheat Sheet: 10 or more).
	goodCost = 10
	// lookAgain is how often a file is looked at for changes.
	lookAgain = time.Second
)

// ReadUsers reads a users file: one name:hash per line, the hash by bcrypt, as
// "htpasswd -nBC 12 NAME" writes it; blank lines and lines that begin with #
// do not count. Everything that is wrong is reported at once, by line, and no
// hash shows in an error. A file that others than its owner may write is
// refused.
func ReadUsers(path string) (*Users, error) {
	u := &Users{path: path, log: slog.New(slog.DiscardHandler)}
	if err := u.Reload(); err != nil {
		return nil, err
	}
	return u, nil
}

func (u *Users) logTo(log *slog.Logger) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.log = log
}

// Reload reads the file again. After an error the users are those of before.
func (u *Users) Reload() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.reload()
}

func (u *Users) reload() error {
	f, err := os.Open(u.path)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o002 != 0 {
		return fmt.Errorf("read users: everybody may write %s; take that away (chmod o-w)", u.path)
	}
	u.read, u.checked = info, time.Now()
	list, err := parseUsers(io.LimitReader(f, maxUsersFile))
	if err != nil {
		return fmt.Errorf("read users %s:\n%w", u.path, err)
	}
	u.list = list
	return nil
}

// current returns the users of now.
func (u *Users) current() *userList {
	u.mu.Lock()
	defer u.mu.Unlock()
	if time.Since(u.checked) < lookAgain {
		return u.list
	}
	u.checked = time.Now()
	info, err := os.Stat(u.path)
	if err == nil && os.SameFile(info, u.read) && info.ModTime().Equal(u.read.ModTime()) && info.Size() == u.read.Size() {
		return u.list
	}
	if err == nil {
		if err = u.reload(); err == nil {
			u.log.Info("users read again", "users", len(u.list.hashes))
		}
	}
	if err != nil {
		u.log.Error("users file cannot be read; the users of before stay", "error", err)
	}
	return u.list
}

func parseUsers(r io.Reader) (*userList, error) {
	u := &userList{hashes: map[string][]byte{}}
	var all []error
	cost := bcrypt.MinCost
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, hash, found := strings.Cut(line, ":")
		hash = strings.TrimSpace(hash)
		c, err := bcrypt.Cost([]byte(hash))
		switch {
		case !found:
			all = append(all, fmt.Errorf("  line %d: has no colon; want name:hash", n))
		case !validUser(name):
			all = append(all, fmt.Errorf("  line %d: %q is not a name of 1 to %d printable characters", n, name, maxUserName))
		case u.hashes[name] != nil:
			all = append(all, fmt.Errorf("  line %d: user %q is there twice", n, name))
		case err != nil:
			all = append(all, fmt.Errorf("  line %d: user %q has no bcrypt hash; make one with htpasswd -nBC 12 %s", n, name, name))
		default:
			u.hashes[name], cost = []byte(hash), max(cost, c)
		}
	}
	if err := lines.Err(); err != nil {
		all = append(all, err)
	}
	if len(u.hashes) == 0 && len(all) == 0 {
		all = append(all, errors.New("  names no user; write lines of name:hash"))
	}
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	var err error
	u.decoy, err = bcrypt.GenerateFromPassword([]byte("nobody"), cost)
	return u, err
}

// validUser refuses names that would confuse a log or a header.
func validUser(name string) bool {
	if name == "" || len(name) > maxUserName || strings.TrimSpace(name) != name {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// check reports whether the password is the user's. It takes as long if there
// is no such user.
func (u *Users) check(name, password string) bool {
	list := u.current()
	hash, known := list.hashes[name]
	if !known {
		hash = list.decoy
	}
	if len(password) > maxPassword {
		return false
	}
	return bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil && known
}

// mark identifies a user together with the present password, without telling
// either; "" if there is no such user. A login ends when it changes.
func (u *Users) mark(name string) string {
	hash, known := u.current().hashes[name]
	if !known {
		return ""
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), hash...))
	return hex.EncodeToString(sum[:8])
}

// weak lists users whose hash is cheap to guess at.
func (u *Users) weak() (names []string) {
	for name, hash := range u.current().hashes {
		if cost, err := bcrypt.Cost(hash); err == nil && cost < goodCost {
			names = append(names, name)
		}
	}
	return names
}
