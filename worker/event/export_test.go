package event

// Required lets the generator of the schemas in on what Encode demands.
var Required = required

// Incoming and Outgoing let it in on the subjects.
var (
	Incoming = incoming
	Outgoing = outgoing
)
