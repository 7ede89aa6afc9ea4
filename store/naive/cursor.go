package naive

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"workbench"
	"workbench/store"
)

// A cursor is the position of the last row of a page, led by a hash of it and of the query, in base64. It names a place in the order, not
// a row or a count, so that stories which come, change or go meanwhile neither hide nor repeat one that stays as it is. It opens nothing:
// the scope is applied to every page.
const seal = 16 // bytes of the hash

func makeCursor(q store.Query, p position) (string, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("making a cursor: %w", err)
	}
	return sealed(q, body), nil
}

func sealed(q store.Query, body []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(sealOf(q, body), body...))
}

func unsealed(q store.Query) (body []byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(q.After)
	if err != nil || len(b) < seal || !bytes.Equal(b[:seal], sealOf(q, b[seal:])) {
		return nil, false
	}
	return b[seal:], true
}

func readCursor(q store.Query) (position, error) {
	var p position
	body, ok := unsealed(q)
	if !ok {
		return p, workbench.ErrBadCursor
	}
	if err := json.Unmarshal(body, &p); err != nil || len(p.Keys) != len(orderOf(q)) {
		return p, workbench.ErrBadCursor
	}
	return p, nil
}

// sealOf covers what makes a query this very query: filters, text, order and time field. Limit is left out, and so are the ends of the
// time window, because "the last 48 hours" moves on from page to page.
func sealOf(q store.Query, body []byte) []byte {
	h := sha256.New()
	write := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(q.Filters)) {
		f := q.Filters[field]
		write("filter", string(field))
		for _, list := range [][]string{f.Any, f.Not} {
			write("values")
			folded := make([]string, len(list))
			for i, v := range list {
				folded[i] = fold(v)
			}
			slices.Sort(folded)
			write(folded...)
		}
		write(fmt.Sprint(f.Ranges))
	}
	write("text")
	write(store.Words(fold(q.Text))...)
	write("order", fmt.Sprint(orderOf(q)), q.TimeField, fmt.Sprint(q.From.IsZero(), q.To.IsZero()), string(body))
	return h.Sum(nil)[:seal]
}
