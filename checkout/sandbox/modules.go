package sandbox

import (
	"errors"
	"fmt"
	"sync"

	"rsc.io/qr/coding"
)

// plans are the templates of QR codes by version, at level M and mask 0: the
// places of the fixed patterns, and the order of the bits. Making one costs more
// than filling it, and the links of one sandbox need one or two. A fixed mask
// is within the standard; the best of eight is for codes that are printed.
var plans sync.Map // coding.Version → *coding.Plan

// encodeQR returns the modules of a QR code without quiet zone.
func encodeQR(text string) ([][]bool, error) {
	data := coding.String(text)
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if data.Bits(v) > v.DataBytes(coding.M)*8 {
			continue
		}
		plan, err := planOf(v)
		if err != nil {
			return nil, err
		}
		code, err := plan.Encode(data)
		if err != nil {
			return nil, fmt.Errorf("encode the QR code: %w", err)
		}
		modules, all := make([][]bool, code.Size), make([]bool, code.Size*code.Size)
		for y := range modules {
			modules[y] = all[y*code.Size : (y+1)*code.Size]
			for x := range modules[y] {
				modules[y][x] = code.Black(x, y)
			}
		}
		return modules, nil
	}
	return nil, errors.New("encode the QR code: the text is too long")
}

func planOf(v coding.Version) (*coding.Plan, error) {
	if plan, ok := plans.Load(v); ok {
		return plan.(*coding.Plan), nil
	}
	plan, err := coding.NewPlan(v, coding.M, 0)
	if err != nil {
		return nil, fmt.Errorf("plan a QR code of version %v: %w", v, err)
	}
	plans.Store(v, plan)
	return plan, nil
}
