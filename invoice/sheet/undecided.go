package sheet

// undecided is a value with two readings, between which an import profile can
// decide.
type undecided struct {
	code string // of the question
	what Sentence
}

// Error shows both readings.
func (u *undecided) Error() string { return u.what.English() }

// question asks what decides.
func (u *undecided) question() Question {
	switch u.code {
	case "dates":
		return question(say("ask-dates"), answer("day-first", "", "dates: dmy", ""), answer("month-first", "", "dates: mdy", ""))
	case "decimal":
		return question(say("ask-decimal"), answer("comma", "", `decimal: ","`, ""), answer("point", "", `decimal: "."`, ""))
	case "years":
		return question(say("ask-years"), answer("years-2000", "", "years: 2000", ""))
	}
	return question(say("ask-rates"), answer("rates-fraction", "", "rates: fraction", ""), answer("rates-percent", "", "rates: percent", ""))
}
