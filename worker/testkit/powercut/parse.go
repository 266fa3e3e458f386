package powercut

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// traced are the calls that the trace needs.
const traced = "trace=open,openat,creat,close,dup,dup2,dup3,fcntl,write,pwrite64,writev,pwritev,pwritev2,truncate,ftruncate,fallocate," +
	"rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,syncfs,sync,sync_file_range,copy_file_range,sendfile"

// call is one system call: when it began and ended, by lines of the trace.
type call struct {
	begin, end int
	name       string
	args       []string // strings are decoded and marked by a leading quote
	result     int64    // negative for an error
}

// parse reads the output of strace -f -xx.
func parse(in io.Reader) ([]*call, error) {
	var calls []*call
	open := map[string]*call{} // by process
	text := map[string]string{}
	lines := bufio.NewReaderSize(in, 1<<20)
	for line := 0; ; line++ {
		s, err := lines.ReadString('\n')
		if s == "" && err == io.EOF {
			return calls, nil
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		pid, rest, _ := strings.Cut(strings.TrimRight(s, "\n"), " ")
		rest = strings.TrimLeft(rest, " ")
		switch {
		case strings.HasPrefix(rest, "<... "):
			c := open[pid]
			_, tail, ok := strings.Cut(rest, " resumed>")
			if c == nil || !ok {
				return nil, fmt.Errorf("line %d of the trace ends a call that has not begun: %.100s", line+1, rest)
			}
			c.end = line
			if err := c.read(text[pid] + tail); err != nil {
				return nil, fmt.Errorf("line %d of the trace: %w", line+1, err)
			}
			delete(open, pid)
		case strings.HasPrefix(rest, "+++"), strings.HasPrefix(rest, "---"):
		default:
			c := &call{begin: line, end: line}
			calls = append(calls, c)
			head, cut := strings.CutSuffix(rest, " <unfinished ...>")
			if !cut { // the process was killed in this call
				head, cut = strings.CutSuffix(rest, " <detached ...>")
			}
			if cut {
				c.name, _, _ = strings.Cut(head, "(")
				c.result = -1
				open[pid], text[pid] = c, head
				continue
			}
			if err := c.read(rest); err != nil {
				return nil, fmt.Errorf("line %d of the trace: %w", line+1, err)
			}
		}
	}
}

// read reads "name(arg, arg) = result".
func (c *call) read(s string) error {
	name, rest, ok := strings.Cut(s, "(")
	end := strings.LastIndex(rest, ") = ")
	if end < 0 {
		if end = strings.LastIndex(rest, " = "); end >= 0 { // strace pads short calls
			if b := strings.LastIndex(rest[:end], ")"); b >= 0 {
				rest = rest[:b] + ") = " + rest[end+3:]
				end = b
			}
		}
	}
	if !ok || end < 0 {
		return fmt.Errorf("no system call: %.40s … %s", s, s[max(0, len(s)-60):])
	}
	c.name = name
	word, _, _ := strings.Cut(rest[end+4:], " ")
	n, err := strconv.ParseInt(word, 0, 64)
	if err != nil {
		n = -1 // "?", at the end of the process
	}
	c.result = n
	c.args, err = arguments(rest[:end])
	return err
}

// arguments splits what is between the parentheses. Strings hold no quotes,
// since each byte is written as \xNN.
func arguments(s string) ([]string, error) {
	var out []string
	depth, from, quoted := 0, 0, false
	take := func(part string) error {
		part = strings.TrimSpace(part)
		if text, ok := strings.CutPrefix(part, `"`); ok {
			if !strings.HasSuffix(text, `"`) {
				return fmt.Errorf("a string was cut: %.60s", part)
			}
			data, err := decode(strings.TrimSuffix(text, `"`))
			if err != nil {
				return err
			}
			part = `"` + data
		}
		out = append(out, part)
		return nil
	}
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted:
		case s[i] == '{' || s[i] == '[':
			depth++
		case s[i] == '}' || s[i] == ']':
			depth--
		case s[i] == ',' && depth == 0:
			if err := take(s[from:i]); err != nil {
				return nil, err
			}
			from = i + 1
		}
	}
	if strings.TrimSpace(s[from:]) == "" {
		return out, nil
	}
	return out, take(s[from:])
}

// decode reads \xNN\xNN….
func decode(s string) (string, error) {
	out := make([]byte, 0, len(s)/4)
	for i := 0; i+4 <= len(s); i += 4 {
		b, err := strconv.ParseUint(s[i+2:i+4], 16, 8)
		if err != nil || s[i:i+2] != `\x` {
			return "", fmt.Errorf("no byte in hexadecimal: %.20s", s[i:])
		}
		out = append(out, byte(b))
	}
	return string(out), nil
}

// vector is what a writev writes.
func vector(arg string) (string, error) {
	var out strings.Builder
	for rest := arg; ; {
		_, tail, ok := strings.Cut(rest, `iov_base="`)
		if !ok {
			return out.String(), nil
		}
		text, tail, _ := strings.Cut(tail, `"`)
		data, err := decode(text)
		if err != nil {
			return "", err
		}
		out.WriteString(data)
		rest = tail
	}
}
