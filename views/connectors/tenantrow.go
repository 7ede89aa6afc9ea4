package connectors

import (
	"strconv"
	"strings"

	"workbench"
	"workbench/views/link"
)

// TenantRowOf is the row of one family.
func TenantRowOf(in Input) TenantRow { return newTenantRow(in.Sources, in) }

func newTenantRow(family []Source, in Input) TenantRow {
	head, d := family[0], in.Layout.Display
	r := TenantRow{ID: "row-" + string(head.parentID()), URL: link.ConnectorRow(head.parentID()), Parent: string(head.parentID()), Page: link.Connector(head.ID, ""), Tenant: head.tenant(), Badge: worst(family),
		Confirm: !head.ConsentedAt.IsZero(), Credential: soonest(family, in), Where: whereOf(head, in), CanEdit: in.CanEdit, Display: d}
	var ids []string
	for _, s := range family {
		ids = append(ids, string(s.ID))
		r.Testing = r.Testing || s.Testing
	}
	r.Connectors = strings.Join(ids, " ")
	r.About = aboutTenant(family, r.Tenant)
	r.Why, r.Since = worstWhy(family, r.Badge, in)
	r.Read = Moment{Words: "not read yet"}
	if at := lastRead(family); !at.IsZero() {
		r.Read = Moment{ago(at, d.Now), at}
	}
	r.Coverage = least(family, in)
	return r
}

// aboutTenant is what a tenant is called besides, and what is under it.
func aboutTenant(family []Source, called workbench.Untrusted) []workbench.Untrusted {
	head := family[0]
	var out []workbench.Untrusted
	for _, name := range []workbench.Untrusted{workbench.Text(head.Name), workbench.Text(head.Entered)} {
		if !name.IsZero() && name != called && (len(out) == 0 || out[0] != name) {
			out = append(out, name)
		}
	}
	var products, waiting []string
	for _, s := range family {
		if s.Kind.Child() {
			products = append(products, shortLabel(s.Kind))
		}
	}
	for _, k := range head.Products {
		waiting = append(waiting, shortLabel(k))
	}
	switch {
	case len(products) > 0:
		out = append(out, workbench.Text(strings.Join(products, ", ")))
	case len(waiting) > 0:
		out = append(out, workbench.Text("gets "+strings.Join(waiting, ", ")+" once it is confirmed"))
	default:
		out = append(out, workbench.Text("nothing under it yet"))
	}
	return out
}

// shortLabel is the name of a product where all are of one maker.
func shortLabel(k workbench.ConnectorKind) string {
	switch k {
	case workbench.DefenderEndpoint:
		return "Endpoint"
	case workbench.DefenderOffice365:
		return "Office 365"
	}
	return "other products"
}

// worstWhy is why a tenant is as its badge says, in a sentence, and since when.
func worstWhy(family []Source, b Badge, in Input) (why string, since Moment) {
	for _, s := range family {
		if badgeOf(s) != b || s.Health.Reason == workbench.ReasonParent {
			continue
		}
		if !s.Health.Since.IsZero() {
			since = Moment{"for " + lasting(in.Layout.Display.Now.Sub(s.Health.Since.Time)), s.Health.Since}
		}
		if s.Health.Reason == "" || b == badgeOff {
			continue // another may say more
		}
		what, _ := s.Health.Reason.Explain()
		if s.Kind.Child() {
			what = shortLabel(s.Kind) + ": " + what
		}
		return what, since
	}
	return "", since
}

// least is the coverage of the child that has least of it, drawn as one part of the whole.
func least(family []Source, in Input) Coverage {
	var out Coverage
	share := 2.0
	for _, s := range family {
		if !s.Kind.Child() || s.Progress.From.IsZero() || badgeOf(s) == badgeOff || s.Share >= share {
			continue
		}
		c := coverageOf(s, in.Layout.Display)
		if !c.Known {
			continue
		}
		share = s.Share
		kind := segmentMissing
		if badgeOf(s) == badgeCatchingUp {
			kind = segmentWanted
		}
		out = Coverage{Known: true, Label: c.Label, Segments: shareSegments(share, kind)}
		if len(c.Gaps) == 0 {
			out.Segments = shareSegments(1, kind)
		}
	}
	return out
}

// shareSegments draws a share of the whole, and what is left.
func shareSegments(share float64, rest string) []Segment {
	width := min(max(share, 0), 1) * 1000
	out := []Segment{{X: "0", Width: strconv.Itoa(int(width)), Kind: segmentCovered}}
	if width < 1000 {
		left := max(1000-int(width), 2) // it is always seen
		out = append(out, Segment{X: strconv.Itoa(1000 - left), Width: strconv.Itoa(left), Kind: rest})
	}
	return out
}

// soonest is the line about what ends first of what a tenant is signed in to with.
func soonest(family []Source, in Input) Line {
	tones := map[string]int{"": 0, "medium": 1, "high": 2}
	out := credentialLine(family[0].Registration, in.Layout.Display)
	for _, s := range family[1:] {
		if !s.managed() {
			continue
		}
		if l := credentialLine(s.Registration, in.Layout.Display); tones[l.Tone] > tones[out.Tone] {
			out = l
		}
	}
	return out
}

// whereOf is the cloud and whose app it is, where that is not as it is for most.
func whereOf(head Source, in Input) string {
	var parts []string
	for i, c := range in.Clouds {
		if head.Cloud == c.Name && i > 0 {
			parts = append(parts, c.Label)
		}
	}
	if head.Topology != workbench.OwnApp {
		parts = append(parts, head.Topology.Label())
	}
	return strings.Join(parts, " · ")
}
