package sheet

// StreamResults makes the book write a plain workbook however few its rows are.
func (b *Book) StreamResults() { b.annotateRows = 0 }
