package font

// SubsetOf cuts the sans face down to the characters, which are sorted.
func SubsetOf(runes []rune) []byte { return builtin[Sans].faces[Regular][0]().subset(runes) }
