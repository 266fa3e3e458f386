package main

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"invoicelink/worker/event"
)

// schemaCmd is `invoicelink schema`.
type schemaCmd struct {
	Name string `arg:"" optional:"" help:"Payload of which the JSON Schema (2020-12) is printed, such as requested or issued. Default: the AsyncAPI document of all."`
}

// Run prints the contract with ERP systems.
func (c *schemaCmd) Run(s streams) error {
	file := "asyncapi.yaml"
	if c.Name != "" {
		names, err := schemaNames()
		if err != nil {
			return err
		}
		if !slices.Contains(names, c.Name) {
			return &exit{exitUsage, fmt.Errorf("there is no payload %q; name one of %s", c.Name, strings.Join(names, ", "))}
		}
		file = "schema/" + c.Name + ".json"
	}
	data, err := fs.ReadFile(event.Schemas(), file)
	if err != nil {
		return fmt.Errorf("print the contract: %w", err)
	}
	if _, err := s.out.Write(data); err != nil {
		return &exit{exitUsage, fmt.Errorf("print the contract: %w", err)}
	}
	return nil
}

func schemaNames() ([]string, error) {
	files, err := fs.Glob(event.Schemas(), "schema/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the contract: %w", err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(path.Base(file), ".json")
	}
	return files, nil
}
