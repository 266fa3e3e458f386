package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/crypto/bcrypt"
)

// Users are people who may log in, with the bcrypt hashes of their passwords.
type Users struct {
	hashes map[string][]byte
	// decoy is compared with where there is no such user, so that the time
	// tells nobody who exists.
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
)

// ReadUsers reads a users file: one name:hash a line, the hash by bcrypt, as
// "htpasswd -nBC 12 NAME" writes it; blank lines and lines that begin with #
// do not count. Everything that is wrong is told at once, by line, and no hash
// shows in an error. A file that others than its owner may write is refused.
func ReadUsers(path string) (*Users, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o002 != 0 {
		return nil, fmt.Errorf("read users: everybody may write %s; take that away (chmod o-w)", path)
	}
	u, err := parseUsers(io.LimitReader(f, maxUsersFile))
	if err != nil {
		return nil, fmt.Errorf("read users %s:\n%w", path, err)
	}
	return u, nil
}

func parseUsers(r io.Reader) (*Users, error) {
	u := &Users{hashes: map[string][]byte{}}
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

// check reports whether the password is the user's. It takes as long where
// there is no such user.
func (u *Users) check(name, password string) bool {
	hash, known := u.hashes[name]
	if !known {
		hash = u.decoy
	}
	if len(password) > maxPassword {
		return false
	}
	return bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil && known
}

// weak lists users whose hash is cheap to guess at.
func (u *Users) weak() (names []string) {
	for name, hash := range u.hashes {
		if cost, err := bcrypt.Cost(hash); err == nil && cost < goodCost {
			names = append(names, name)
		}
	}
	return names
}
