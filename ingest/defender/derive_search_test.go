package defender_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"workbench"
	invented "workbench/ingest/sample"
)

// known are the texts by which search finds a story: its names, and what stands inside it, in lower case.
func known(c workbench.Content) []string {
	var list []string
	for _, n := range c.Names {
		list = append(list, strings.ToLower(n.Raw()))
	}
	for _, text := range c.Texts() {
		list = append(list, strings.ToLower(text))
	}
	return list
}

// finds reports whether search finds a text, which is part of one that is known. Very long ones are looked for by their beginning.
func finds(known []string, text string) bool {
	text = strings.ToLower(strings.ToValidUTF8(text[:min(len(text), 1_000)], ""))
	return slices.ContainsFunc(known, func(have string) bool { return strings.Contains(have, text) })
}

// sought are the names of everybody and everything in a story, by what they are.
func sought(c workbench.Content) map[string][]workbench.Untrusted {
	all := map[string][]workbench.Untrusted{"incident": {c.Details.IncidentName}}
	note := func(what string, names ...workbench.Untrusted) { all[what] = append(all[what], names...) }
	for _, a := range c.Alerts {
		note("alert", a.Name, workbench.Text(a.ID), a.ThreatName)
	}
	for _, e := range c.Entities {
		note("entity "+string(e.Kind), e.Name)
	}
	for _, p := range c.Evidence.Processes {
		note("process", p.ProcessName, p.SHA256, p.SHA1)
	}
	for _, f := range c.Evidence.Files {
		note("file", f.FileName, f.SHA256, f.SHA1, f.MD5)
	}
	for _, n := range c.Evidence.Network {
		note("address", n.URL, n.DNSName, n.DestinationIP, n.SourceIP)
	}
	for _, m := range c.Evidence.Messages {
		note("message", m.Subject, m.From, m.EnvelopeSender, m.Recipient, m.SenderIP)
	}
	return all
}

// mustFindAll holds that search finds every story by every name in it, and returns how many names of each sort there were.
func mustFindAll(t *testing.T, w *world) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, c := range w.derive() {
		known := known(c)
		for what, names := range sought(c) {
			for _, n := range names {
				if n.IsZero() {
					continue
				}
				counts[what]++
				if !finds(known, n.Raw()) {
					t.Errorf("story %s of incident %s: search does not find %s %q", c.Product, c.IncidentID, what, n.Brief())
				}
			}
		}
	}
	return counts
}

func TestSearchFindsEveryName(t *testing.T) {
	now := time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC)
	var stream bytes.Buffer
	if err := invented.Stream(&stream, 5, 1); err != nil {
		t.Fatal(err)
	}
	worlds := map[string][]string{
		"page":             {string(invented.Page(now))},
		"page and later":   {string(invented.Page(now)), string(invented.Later(now))},
		"alerts alone":     {string(invented.StandaloneAlerts(now))},
		"large":            {string(invented.Large(20, 10))},
		"stream":           {stream.String()},
		"crowd":            {crowd(300)},
		"kept intrusion":   {kept(t, "intrusion.json")},
		"kept mail":        {kept(t, "mail.json")},
		"older interfaces": {kept(t, "older_incident.json"), kept(t, "endpoint_alert.json")},
	}
	counts := map[string]int{}
	for name, pages := range worlds {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			for _, page := range pages {
				w.add(t, page)
			}
			for what, n := range mustFindAll(t, w) {
				counts[what] += n
			}
		})
	}
	for _, what := range []string{"incident", "alert", "process", "file", "address", "message", "entity user", "entity device", "entity mailbox", "entity ip", "entity domain",
		"entity url", "entity file", "entity application", "entity cloudResource"} {
		if counts[what] == 0 {
			t.Errorf("the samples have no name of %s", what)
		}
	}
}

// crowd is many small incidents, one a line.
func crowd(incidents int) string {
	c := invented.NewCrowd(incidents, 1, time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC))
	var b []byte
	for i := range incidents {
		b = append(c.Append(b, i), '\n')
	}
	return string(b)
}

func TestSearchFindsEveryNameOfRealExports(t *testing.T) {
	for _, name := range samples(t) {
		t.Run(name, func(t *testing.T) {
			if n := mustFindAll(t, (&world{}).add(t, string(sample(t, name)))); len(n) == 0 {
				t.Error("the export has no names")
			}
		})
	}
}
