package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// duration is a time.Duration that also reads days: "60d", "1d12h".
type duration time.Duration

func parseDuration(s string) (duration, error) {
	days, rest, found := strings.Cut(s, "d")
	if !found {
		rest, days = s, "0"
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 90s, 5m, 72h or 60d", s)
	}
	total := time.Duration(n) * 24 * time.Hour
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration such as 90s, 5m, 72h or 60d", s)
		}
		total += d
	}
	if total < 0 {
		return 0, fmt.Errorf("%q is negative", s)
	}
	return duration(total), nil
}

func (d duration) value() time.Duration { return time.Duration(d) }

type durationMapper struct{}

func (durationMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	var s string
	if err := ctx.Scan.PopValueInto("duration", &s); err != nil {
		return err
	}
	d, err := parseDuration(s)
	if err != nil {
		return err
	}
	target.Set(reflect.ValueOf(d))
	return nil
}
