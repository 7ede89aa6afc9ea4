package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"workbench"
)

// consentModel is the links of a store, with the rules of the contract said in the plainest way.
type consentModel []workbench.ConsentLink

func (m consentModel) find(id string) int {
	return slices.IndexFunc(m, func(l workbench.ConsentLink) bool { return l.ID == id })
}

// ended is when a link was used or expired.
func ended(l workbench.ConsentLink) time.Time {
	if l.UsedAt.IsZero() {
		return l.Expires.Time
	}
	return l.UsedAt.Time
}

// testConsentModel takes random steps with a store and a model while days go by, and compares them after each.
func testConsentModel(t *testing.T, open opener) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, Deriver{Name: "one"})
		defer s.Close()
		var connectors []workbench.Connector
		for _, id := range []string{"p", "q"} {
			connectors = append(connectors, mustConnect(t, s, parentOf(id, id, "")))
		}
		var m consentModel
		var all []workbench.ConsentLink // that were ever added, as they were then
		days := 0
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			days += rapid.SampledFrom([]int{0, 1, 6, 7, 23, 30}).Draw(r, "days go by")
			now := Minute(1).Add(time.Duration(days) * day)
			id := fmt.Sprint("link", rapid.IntRange(0, len(all)).Draw(r, "link"))
			i := m.find(id)
			open := i >= 0 && m[i].UsedAt.IsZero() && now.Before(m[i].Expires.Time)
			var err error
			switch rapid.SampledFrom([]string{"add", "add", "use", "withdraw"}).Draw(r, "step") {
			case "add":
				l := linkFor(rapid.SampledFrom(connectors).Draw(r, "connector"), fmt.Sprint("link", len(all)), days)
				all = append(all, l)
				m = slices.DeleteFunc(m, func(o workbench.ConsentLink) bool {
					return o.Connector == l.Connector && o.UsedAt.IsZero() || !now.Before(ended(o).Add(30*day))
				})
				m, open = append(m, l), true
				err = s.AddConsentLink(ctx, secretOf(l.ID), l)
			case "use":
				if _, err = s.UseConsentLink(ctx, id, workbench.Text("ada"), now); open {
					m[i].UsedAt, m[i].UsedBy = workbench.At(now), workbench.Text("ada")
				}
			case "withdraw":
				if err = s.WithdrawConsentLink(ctx, id, "kim", now); open {
					m = slices.Delete(m, i, i+1)
				}
			}
			if open && err != nil || !open && !errors.Is(err, workbench.ErrNotFound) {
				r.Fatalf("day %d, link %s, open: %v: got %v", days, id, open, err)
			}
			for _, l := range all {
				bySecret, err := s.ConsentLink(ctx, secretOf(l.ID), now)
				byID, err2 := s.ConsentLinkNamed(ctx, l.ID, now)
				i := m.find(l.ID)
				if there := i >= 0 && now.Before(ended(m[i]).Add(30*day)); !there {
					if !errors.Is(err, workbench.ErrNotFound) || !errors.Is(err2, workbench.ErrNotFound) {
						r.Fatalf("day %d, link %s: got %v and %v, want ErrNotFound", days, l.ID, err, err2)
					}
				} else if err != nil || err2 != nil || fmt.Sprint(bySecret) != fmt.Sprint(m[i]) || fmt.Sprint(byID) != fmt.Sprint(m[i]) {
					r.Fatalf("day %d: got %+v, %v and %+v, %v, want %+v", days, bySecret, err, byID, err2, m[i])
				}
			}
			list, err := s.ConsentLinks(ctx)
			if err != nil {
				r.Fatal(err)
			}
			want := slices.SortedFunc(slices.Values(m), func(a, b workbench.ConsentLink) int {
				if n := b.MadeAt.Compare(a.MadeAt.Time); n != 0 {
					return n
				}
				return strings.Compare(a.ID, b.ID)
			})
			if fmt.Sprint(list) != fmt.Sprint(want) {
				r.Fatalf("day %d: got\n%v\nwant\n%v", days, list, want)
			}
		}
		mustVerify(t, s)
	})
}
