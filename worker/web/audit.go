package web

import "net/http"

// audit leaves a line about what somebody did; more is pairs of keys and
// values, such as which invoice.
func (d *Desk) audit(r *http.Request, what string, more ...any) {
	args := append([]any{"who", who(r.Context()), "what", what, "from", d.config.Access.clientOf(r)}, more...)
	d.config.Log.Info("audit", args...)
}
