// Package finish makes PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) of a
// file that fpdf drew: [Write] takes its objects apart and writes them anew
// with the metadata, the output intent, the ToUnicode maps, the annotations,
// the embedded files and the structure tree that the standards demand and fpdf
// v0.9.0 does not know.
//
// The content must be marked already: whatever is drawn stands either in
// marked content whose number [Tree.Mark] gave out, or in an artifact. The same
// input gives the same bytes.
//
// It does not look into the content, and it promises the form that it writes,
// not what the caller marks: a heading that is none, or a text in the wrong
// order, passes.
package finish
