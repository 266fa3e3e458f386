package event

import (
	"embed"
	"io/fs"
)

//go:embed schema/*.json asyncapi.yaml
var contract embed.FS

// Schemas holds the contract as files: schema/<verb>.json is the JSON Schema
// (2020-12) of each payload, such as schema/requested.json, and asyncapi.yaml
// the AsyncAPI 3.0 document that refers to them. The schemas allow members
// that they do not name, as the contract does.
func Schemas() fs.FS { return contract }
