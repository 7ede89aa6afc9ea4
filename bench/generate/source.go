package generate

import (
	"fmt"
	"strconv"
	"time"

	"workbench"
)

// How much of everything there is.
const (
	Tenants    = 200
	Devices    = 50_000
	Users      = 100_000
	Files      = 200_000
	Techniques = 140
	Owners     = 40
	Labels     = 60
)

// end is when the newest story was updated at the latest; the oldest are spread days before.
var end = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

const spread = 180 * 24 * time.Hour

// Source makes stories. It is safe for concurrent use.
type Source struct {
	Seed    uint64
	Stories int

	tenants    []workbench.TenantID
	techniques []workbench.Untrusted
	owners     []workbench.Untrusted
	labels     []string
}

// New makes a source of so many stories. The first stories of a larger source are not those of a smaller one: all cover the same days.
func New(seed uint64, stories int) *Source {
	s := &Source{Seed: seed, Stories: stories}
	for i := range Tenants {
		h := hash(seed, -1-i)
		s.tenants = append(s.tenants, workbench.TenantID(h[:8]+"-"+h[8:12]+"-4"+h[13:16]+"-8"+h[17:20]+"-"+h[20:32]))
	}
	for i := range Techniques {
		id := "T" + strconv.Itoa(1001+i*4)
		if i%3 == 0 {
			id += fmt.Sprintf(".%03d", 1+i%9)
		}
		s.techniques = append(s.techniques, workbench.Text(id))
	}
	for i := range Owners {
		s.owners = append(s.owners, workbench.Text(lastNames[i%len(lastNames)]+"."+firstNames[i%len(firstNames)][:1]+strconv.Itoa(i/len(lastNames))))
	}
	for i := range Labels {
		label := labelled[i%len(labelled)]
		if i >= len(labelled) {
			label += "-" + strconv.Itoa(i/len(labelled))
		}
		s.labels = append(s.labels, label)
	}
	return s
}

// Tenant names the tenant of story i.
func (s *Source) Tenant(i int) workbench.TenantID {
	return s.tenants[roll(s.Seed^0x7e4a47, uint64(i)).skewed(Tenants)]
}

// Incident is the id of the incident of story i.
func Incident(i int) string { return strconv.Itoa(1_000_000 + i) }

func device(n int) string {
	return machines[n%len(machines)] + "-" + lastNames[n/7%len(lastNames)] + "-" + fmt.Sprintf("%05d", n)
}

func user(n int) string {
	return firstNames[n%len(firstNames)] + "." + lastNames[n/len(firstNames)%len(lastNames)] + strconv.Itoa(n/(len(firstNames)*len(lastNames)))
}
