package connect

import (
	"fmt"
	"net/http"

	"workbench"
	"workbench/ingest/entra"
)

// cloud is one of Microsoft's clouds, and the way there.
type cloud struct {
	entra.Cloud
	entra  authority
	pinned http.RoundTripper
}

// newCloud makes the way to a cloud that the workbench is set up for.
func (c Config) newCloud(of entra.Cloud) *cloud {
	return &cloud{of, entra.NewClient(of, c.Transport, c.Now), entra.Pinned(of, c.Transport)}
}

// cloudOf is a cloud by its name; "" is the first. Where the workbench is not set up for it nothing can be asked there, and every
// question is refused with ReasonWrongCloud.
func (s *Service) cloudOf(name string) *cloud {
	if name == "" {
		return s.clouds[0]
	}
	for _, c := range s.clouds {
		if c.Name == name {
			return c
		}
	}
	closed := refusing{&workbench.Fault{Reason: workbench.ReasonWrongCloud,
		Detail: workbench.Text(fmt.Sprintf("This workbench is not set up for the cloud %s. Start it with --cloud %s among its clouds.", name, name))}}
	of := s.clouds[0].Cloud // for its addresses, which nothing is sent to
	if known, err := entra.ParseCloud(name); err == nil {
		of = known
	}
	of.Name = name
	return &cloud{of, entra.NewClient(of, closed, s.Now), closed}
}

// knows reports whether the workbench is set up for a cloud.
func (s *Service) knows(name string) bool {
	if name == "" {
		return true
	}
	for _, c := range s.clouds {
		if c.Name == name {
			return true
		}
	}
	return false
}

// Clouds are the clouds that the workbench is set up for, the default first. The caller changes nothing in them.
func (s *Service) Clouds() []entra.Cloud {
	out := make([]entra.Cloud, 0, len(s.clouds))
	for _, c := range s.clouds {
		out = append(out, c.Cloud)
	}
	return out
}

// refusing is a transport that sends nothing.
type refusing struct{ fault *workbench.Fault }

// RoundTrip implements http.RoundTripper.
func (r refusing) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Body != nil {
		q.Body.Close()
	}
	f := *r.fault
	return nil, &f
}
