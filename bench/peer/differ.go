package peer

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"slices"

	"workbench/store"
)

// Differ says in which wanted part an answer is another one than what is expected, or "". Labels, which are for people to read, do not
// count; facets that got does not give at all are passed over.
func Differ(want Part, expected, got Answer) string {
	if want&Rows != 0 {
		if len(expected.Rows) != len(got.Rows) {
			return fmt.Sprintf("%d rows, expected %d", len(got.Rows), len(expected.Rows))
		}
		for i := range expected.Rows {
			if e, g := expected.Rows[i], got.Rows[i]; e.ID != g.ID {
				return fmt.Sprintf("row %d is story %s, expected %s", i+1, g.ID, e.ID)
			} else if !bytes.Equal(AppendRow(nil, e), AppendRow(nil, g)) {
				return fmt.Sprintf("row %d, story %s, is %+v, expected %+v", i+1, e.ID, g, e)
			}
		}
	}
	if want&Total != 0 && expected.Total != got.Total {
		return fmt.Sprintf("total %d, expected %d", got.Total, expected.Total)
	}
	if want&Facets != 0 {
		if len(got.Facets) == 0 {
			return "no facets"
		}
		for _, field := range slices.Sorted(maps.Keys(got.Facets)) {
			if e, g := counts(expected.Facets[field]), counts(got.Facets[field]); e != g {
				return fmt.Sprintf("counts of %s are %s, expected %s", field, g, e)
			}
		}
	}
	if want&Groups != 0 {
		if e, g := groups(expected.Groups), groups(got.Groups); e != g {
			return fmt.Sprintf("groups are %s, expected %s", g, e)
		}
	}
	return ""
}

func counts(list []store.Count) string {
	var b []byte
	for _, c := range list {
		b = fmt.Appendf(b, "%s=%d ", c.Value, c.Count)
	}
	return string(b)
}

func groups(g store.Groups) string {
	b := fmt.Appendf(nil, "%d of %d: ", g.Count, g.Total)
	for _, one := range g.Groups {
		b = fmt.Appendf(b, "%s=%d/%d/%d/%d@%d ", one.Value, one.Count.Count, one.High, one.Medium, one.Low, Ticks(one.UpdatedAt))
	}
	return string(b)
}

// Digest adds the wanted parts of answers to one hash, which stands for all of them.
type Digest struct{ hash.Hash }

// NewDigest begins one.
func NewDigest() Digest { return Digest{sha256.New()} }

// Add adds an answer.
func (d Digest) Add(want Part, a Answer) {
	if want&Rows != 0 {
		for _, r := range a.Rows {
			d.Write(AppendRow(nil, r))
		}
	}
	if want&Total != 0 {
		fmt.Fprintf(d, "total %d\n", a.Total)
	}
	if want&Facets != 0 {
		for _, field := range store.FacetFields {
			fmt.Fprintf(d, "%s %s\n", field, counts(a.Facets[field]))
		}
	}
	if want&Groups != 0 {
		fmt.Fprintln(d, groups(a.Groups))
	}
}

// String is the first eight bytes in hexadecimal.
func (d Digest) String() string { return fmt.Sprintf("%x", d.Sum(nil)[:8]) }

// SortCounts puts counts into the order in which facets are given, most first, and keeps those that are.
func SortCounts(list []store.Count) []store.Count {
	slices.SortFunc(list, func(a, b store.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(len(list), MaxFacetValues)]
}
