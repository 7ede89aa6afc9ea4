package sample

import (
	"fmt"
	"io"
	"strconv"
)

// Stream writes so many incidents with their alerts, one JSON object a line. They vary in product, platform, size and text, come to
// about 50 KB each, and depend on the seed alone; the first n incidents of a longer stream are those of a shorter one. It fails only
// where w does.
func Stream(w io.Writer, incidents int, seed uint64) error {
	return stream(w, incidents, seed, "", "\n", "\n")
}

// StreamPage writes the incidents of Stream as one Graph page.
func StreamPage(w io.Writer, incidents int, seed uint64) error {
	return stream(w, incidents, seed, `{"@odata.context":"`+incidentsContext+`","value":[`, ",", "]}")
}

// streamBlock is how many bytes are gathered before a write.
const streamBlock = 256 << 10

// stream writes the incidents with a text before, between and after them.
func stream(w io.Writer, incidents int, seed uint64, before, between, after string) error {
	buf := append(make([]byte, 0, 2*streamBlock), before...)
	for i := range incidents {
		if i > 0 {
			buf = append(buf, between...)
		}
		buf = appendObject(buf, streamIncident(seed, i).json())
		if len(buf) >= streamBlock {
			if _, err := w.Write(buf); err != nil {
				return fmt.Errorf("writing incident %d: %w", i, err)
			}
			buf = buf[:0]
		}
	}
	if incidents > 0 || before != "" {
		buf = append(buf, after...)
	}
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("writing the end of the stream: %w", err)
	}
	return nil
}

// streamTenants is how many tenants a stream has.
const streamTenants = 5

// streamTenant is one of the tenants of a stream.
func streamTenant(seed uint64, i int) tenant {
	n := i % streamTenants
	d := roll(seed, ^uint64(n))
	name := d.word(2)
	return tenant{guid("stream/tenant/" + strconv.FormatUint(seed, 10) + "/" + strconv.Itoa(n)), name, name + strconv.Itoa(n) + ".example", name}
}

// streamIncident is the i-th incident of a stream.
func streamIncident(seed uint64, i int) incident {
	d := roll(seed, uint64(i))
	t := shapeClock().from(day + d.Float64()*80*day)
	in := incident{
		tenant: streamTenant(seed, i), id: strconv.Itoa(100000 + i), name: d.sentence(5 + d.IntN(6)),
		severity: pick(d, "informational", "low", "medium", "medium", "high"), created: t.recorded(5 * minute), updated: t.recorded(3 * hour),
		status: pick(d, "active", "active", "inProgress", "resolved"), priority: d.IntN(100),
	}
	if d.chance(15) {
		in.comments = []comment{{d.sentence(12), d.word(2) + "@" + in.tenant.domain, t.recorded(2 * hour)}}
	}
	cast := newStreamCast(d, seed, in.tenant, t)
	key := "stream/" + strconv.FormatUint(seed, 10) + "/" + strconv.Itoa(i) + "/"
	for k := range 2 + d.IntN(5) + d.IntN(3) {
		in.alerts = append(in.alerts, cast.alert(key+strconv.Itoa(k), float64(k)*9*minute))
	}
	return in
}
