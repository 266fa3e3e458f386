package profile

// Shipped returns the profiles of well-known programs that come with this one.
func Shipped() []*Profile { return nil }
