package stories_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench/views/stories"
)

func TestFormQuery(t *testing.T) {
	oslo := time.FixedZone("Oslo", 3600)
	for _, tc := range []struct {
		name, form, want string
		zone             *time.Location
	}{
		{"empty values go", "status=&q=&limit=50", "limit=50", nil},
		{"both ends", "from=2026-11-20T10:00&to=2026-11-21T10:00&time=48h", "time=2026-11-20T10:00:00Z..2026-11-21T10:00:00Z", nil},
		{"open end in a zone", "from=2026-11-20T10:00&to=", "time=2026-11-20T09:00:00Z..", oslo},
		{"not a time", "to=tomorrow", "time=..tomorrow", nil},
		{"nothing to do", "status=open&status=!closed&time=7d", "status=open&status=!closed&time=7d", nil},

		{"only", "status=open&status=!closed&only=status=monitoring&limit=100", "status=monitoring&limit=100", nil},
		{"only of a value with signs", "only=source=a=b!", "source=a%3Db!", nil},
		{"not", "status=open&status=reopened&not=status=open", "status=reopened&status=!open", nil},
		{"not besides others", "owner=!anna&not=owner=bob", "owner=!anna&owner=!bob", nil},

		{"is", "field=owner&sense=is&value=anna&value=&value=", "owner=anna", nil},
		{"is takes the place of what was", "owner=anna&owner=!eve&field=owner&sense=is&value=bob", "owner=bob&owner=!eve", nil},
		{"is any of", "field=status&sense=any&value=open&value=reopened&value=open", "status=open&status=reopened", nil},
		{"is not turns a value round", "status=open&status=reopened&field=status&sense=not&value=open", "status=!open&status=reopened", nil},
		{"is not, in other capitals", "owner=Anna&field=owner&sense=not&value=anna", "owner=!anna", nil},
		{"no values take the filter away", "owner=anna&limit=100&field=owner&sense=is&value=", "limit=100", nil},
		{"spaces around", "field=owner&sense=is&value=++anna++", "owner=anna", nil},
		{"between", "criticality=2&field=criticality&sense=any&low=7&high=10", "criticality=7..10", nil},
		{"between a number and itself", "field=criticality&sense=any&low=7&high=7", "criticality=7", nil},
		{"not between", "field=criticality&sense=not&low=4&high=6", "criticality=!4..6", nil},
		{"open between", "field=criticality&sense=any&low=8&high=", "criticality=8..10", nil},
		{"text", "q=old&field=text&sense=any&value=rundll32+invoice", "q=rundll32+invoice", nil},
		{"the form is only shown", "edit=1&field=owner&sense=is&value=anna&status=open", "status=open", nil},

		{"order", "sort=-updated&by=criticality&way=down&by=&way=up&by=source&way=up", "sort=-criticality,source", nil},
		{"order with a key twice", "by=criticality&way=down&by=criticality&way=up", "sort=-criticality", nil},
		{"no order", "sort=source&by=&way=down", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, invalid := stories.FormQuery(query(t, tc.form), tc.zone)
			if diff := cmp.Diff(query(t, tc.want), got); diff != "" {
				t.Errorf("queries differ (-want +got):\n%s", diff)
			}
			if len(invalid) > 0 {
				t.Errorf("got %v, want nothing wrong", invalid)
			}
		})
	}
}

func TestFormQueryNamesWhatAnAddressCannotSay(t *testing.T) {
	for _, tc := range []struct{ name, form, parameter string }{
		{"a value like a sign", "field=owner&sense=is&value=!nobody", "value"},
		{"an unknown field", "field=colour&sense=is&value=red", "field"},
		{"a form for an unknown field", "edit=1&field=colour", "field"},
		{"a range turned round", "field=criticality&low=9&high=3", "criticality"},
		{"a range of words", "field=criticality&low=high&high=higher", "criticality"},
		{"a range beyond", "field=criticality&low=0&high=11", "criticality"},
		{"only without a field", "only=closed", "only"},
		{"not of an unknown field", "not=colour=red", "not"},
		{"two fields", "field=owner&field=status&value=x", "field"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, invalid := stories.FormQuery(query(t, tc.form), nil); invalid[tc.parameter] == "" {
				t.Errorf("got %v, want a sentence about %s", invalid, tc.parameter)
			}
		})
	}
}

// What a form sends leads to an address that no form sends, and that reads the same again.
func TestFormQueryLeadsToAnAddress(t *testing.T) {
	names := []string{"field", "sense", "value", "low", "high", "only", "not", "by", "way", "from", "to", "status", "owner", "criticality", "q", "sort", "time"}
	values := []string{"", "owner", "status", "criticality", "text", "is", "any", "not", "3", "11", "open", "!open", "anna", "owner=anna", "2026-11-20T10:00", "updated", "down", "7..10"}
	rapid.Check(t, func(rt *rapid.T) {
		form := url.Values{}
		for range rapid.IntRange(0, 8).Draw(rt, "parameters") {
			form.Add(rapid.SampledFrom(names).Draw(rt, "name"), rapid.SampledFrom(values).Draw(rt, "value"))
		}
		got, invalid := stories.FormQuery(form, nil)
		if len(invalid) > 0 {
			return
		}
		if stories.Sent(got) {
			rt.Fatalf("got %v, which a form would send", got)
		}
		again, invalid := stories.FormQuery(got, nil)
		if diff := cmp.Diff(got, again); diff != "" || len(invalid) > 0 {
			rt.Fatalf("the address reads otherwise than it was written (-written +read):\n%s%v", diff, invalid)
		}
	})
}

func TestTurningAChipRoundTwiceComesBack(t *testing.T) {
	values := []string{"open", "!closed", "reopened", "!monitoring", "pendingAnalysis"}
	rapid.Check(t, func(rt *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 4, func(v string) string { return v }).Draw(rt, "values")
		var same []string // of one sense, so that there is one chip
		for _, v := range chosen {
			if strings.HasPrefix(v, "!") == strings.HasPrefix(chosen[0], "!") {
				same = append(same, v)
			}
		}
		first := url.Values{"status": same}
		now := first
		for range 2 {
			chips := stories.New(stories.Input{Query: now}).Chips
			to, err := url.Parse(chips[0].Turn)
			if err != nil {
				rt.Fatal(err)
			}
			if now = to.Query(); len(now["status"]) != len(same) {
				rt.Fatalf("got %v of %v", now, first)
			}
		}
		if diff := cmp.Diff(first, now); diff != "" {
			rt.Errorf("turned round twice (-before +after):\n%s", diff)
		}
	})
}
