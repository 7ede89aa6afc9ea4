package naive

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"workbench"
	"workbench/store"
)

// Groups implements store.Queries.
func (x *Index) Groups(ctx context.Context, scope workbench.Scope, q store.Query, by store.Field) (store.Groups, error) {
	if err := ctx.Err(); err != nil {
		return store.Groups{}, err
	}
	if err := q.Validate(); err != nil {
		return store.Groups{}, err
	}
	if !slices.Contains(store.GroupFields, by) {
		return store.Groups{}, (*workbench.Invalid)(nil).Set("group", "is not something that stories can be grouped by")
	}
	var after *store.Group
	if q.After != "" {
		if after = readGroupCursor(q, by); after == nil {
			return store.Groups{}, workbench.ErrBadCursor
		}
	}
	s, m, names := x.state.Load(), x.newMatcher(scope, q), x.naming()
	field := slices.Index(store.FilterFields, by)
	found := map[string]*store.Group{}
	out := store.Groups{AsOf: s.asOf}
	for _, r := range s.rows {
		if !m.base(r) {
			continue
		}
		if failing, _ := m.failing(r); failing > 0 {
			continue
		}
		v := value{word: store.None, count: store.None, label: workbench.Text("None")}
		if len(r.values[field]) > 0 {
			v = r.values[field][0]
		}
		g := found[v.count]
		if g == nil {
			g = &store.Group{Count: store.Count{Value: v.count, Label: v.label}}
			found[v.count] = g
		}
		if v.label.Raw() < g.Label.Raw() {
			g.Label = v.label
		}
		if by == store.Tenant {
			g.Label = names(r.story.Tenant.ID).Or(g.Label)
		}
		out.Total++
		g.Count.Count++
		switch {
		case r.story.Criticality >= 7:
			g.High++
		case r.story.Criticality >= 4:
			g.Medium++
		default:
			g.Low++
		}
		g.UpdatedAt = workbench.Latest(g.UpdatedAt, workbench.At(r.story.UpdatedAt.Truncate(100*time.Nanosecond))) // as exact as times compare
	}
	out.Count = len(found)
	for _, g := range found {
		if after == nil || compareGroups(*g, *after) > 0 {
			out.Groups = append(out.Groups, *g)
		}
	}
	slices.SortFunc(out.Groups, compareGroups)
	if limit := cmp.Or(q.Limit, store.DefaultLimit); len(out.Groups) > limit {
		out.Groups = out.Groups[:limit]
		next, err := makeGroupCursor(q, by, out.Groups[limit-1])
		if err != nil {
			return store.Groups{}, err
		}
		out.Next = next
	}
	return out, nil
}

func compareGroups(a, b store.Group) int {
	return cmp.Or(cmp.Compare(b.High, a.High), cmp.Compare(b.Medium, a.Medium), cmp.Compare(b.Low, a.Low), cmp.Compare(a.Value, b.Value))
}

// groupPlace is where a group stands among the others.
type groupPlace struct {
	By                store.Field
	High, Medium, Low int
	Value             string
}

func makeGroupCursor(q store.Query, by store.Field, g store.Group) (string, error) {
	body, err := json.Marshal(groupPlace{by, g.High, g.Medium, g.Low, g.Value})
	if err != nil {
		return "", err
	}
	return sealed(q, body), nil
}

func readGroupCursor(q store.Query, by store.Field) *store.Group {
	var p groupPlace
	body, ok := unsealed(q)
	if !ok || json.Unmarshal(body, &p) != nil || p.By != by {
		return nil
	}
	return &store.Group{Count: store.Count{Value: p.Value}, High: p.High, Medium: p.Medium, Low: p.Low}
}
