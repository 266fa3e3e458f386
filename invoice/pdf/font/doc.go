// Package font cuts TrueType fonts down to the characters of one document and
// deals out the one-byte codes under which its text is written.
//
// Start with [Builtin] or [Parse] for a [Family]; collect every text of a
// document in a [Charset] per weight; its [CodePage] values are the fonts to
// embed, and [Charset.Encode] turns text into their codes. All of it follows
// from the characters alone, so the same document gives the same bytes, and no
// character of another document can get into it.
//
// The fonts are symbolic as PDF/A wants it (ISO 19005-3, 6.2.11.6): a subset
// maps 0xF000 plus the code to its glyphs, has no glyph names, and comes with
// the ToUnicode map that says which characters the codes stand for.
package font
