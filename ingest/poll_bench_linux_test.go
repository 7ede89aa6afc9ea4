package ingest_test

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

// unlimited are limits that nothing reaches.
var unlimited = msgraph.Limits{PerMinute: 10_000_000, Burst: 10_000_000}

// BenchmarkBackfill reads 10,000 incidents, some 500 MB with their alerts, from a simulator in a process of its own into a store on disk,
// by HTTPS and without limits: those of one tenant, and those of 100 tenants that are connected at one moment. It tells how long that is
// waiting for the simulator, what both processes cost, and how much of the time would be waiting at 75 requests a minute. With -short it
// reads 500 incidents.
func BenchmarkBackfill(b *testing.B) {
	incidents := 10_000
	if testing.Short() {
		incidents = 500
	}
	b.Run("one", func(b *testing.B) {
		backfill(b, microsoft{Tenants: 1, Incidents: incidents, Days: 29, Unlimited: true})
	})
	b.Run("many", func(b *testing.B) {
		backfill(b, microsoft{Tenants: 100, Incidents: incidents / 100, Days: 2, Unlimited: true})
	})
}

func backfill(b *testing.B, m microsoft) {
	for b.Loop() {
		b.StopTimer()
		debug.FreeOSMemory()
		away := m.start(b)
		f := newFarm(b, plot{base: away.Base, transport: away.transport(b), apps: away.Apps, kinds: workbench.ConnectorKinds[1:], limits: unlimited, interval: time.Minute})
		peak := watchMemory()
		cpu := cpuSeconds()
		b.StartTimer()
		began := time.Now()
		f.run()
		for whole := map[workbench.ConnectorID]bool{}; len(whole) < m.Tenants; {
			p := <-f.polls
			if p.fault != nil {
				b.Fatal(p.fault)
			}
			gaps := 0
			for _, child := range p.prog {
				gaps += len(child.Gaps(workbench.At(time.Now()), 2*time.Minute))
			}
			if gaps == 0 {
				whole[p.parent] = true
			}
		}
		took := time.Since(began)
		b.StopTimer()
		ours := cpuSeconds() - cpu
		u := f.usage()
		f.stop()
		theirs := away.stop()
		if m.Tenants == 1 {
			atLimits := time.Duration(u.Requests) * time.Minute / 75
			b.ReportMetric(100*u.Answering.Seconds()/took.Seconds(), "%-of-time-waiting-for-the-simulator")
			b.ReportMetric(100*(1-(took-u.Answering).Seconds()/atLimits.Seconds()), "%-of-time-waiting-at-75-a-minute")
			b.ReportMetric(atLimits.Minutes(), "minutes-at-75-a-minute")
		}
		b.ReportMetric(float64(u.Requests), "requests")
		b.ReportMetric(float64(u.Bytes)/1e6, "MB")
		b.ReportMetric(float64(u.Bytes)/1e6/took.Seconds(), "MB/s")
		b.ReportMetric(float64(m.Incidents*m.Tenants)/took.Seconds(), "incidents/s")
		b.ReportMetric(ours, "cpu-s")
		b.ReportMetric(ours/theirs, "cpu-of-the-simulator's")
		b.ReportMetric(float64(peak())/(1<<20), "MiB-anonymous-at-most")
		b.StartTimer()
	}
}

// BenchmarkTenants500 polls 500 tenants each minute, as the workbench does, for six quiet minutes, in which everything is kept once that is
// kept every five, and for two in which 20 incidents change each. A simulator in a process of its own answers by HTTPS. Each tenant was read
// before and has a parent with two children.
func BenchmarkTenants500(b *testing.B) {
	m := microsoft{Tenants: 500, Incidents: 24, Days: 1}
	for b.Loop() {
		debug.FreeOSMemory()
		away := m.start(b)
		f := newFarm(b, plot{base: away.Base, transport: away.transport(b), apps: away.Apps, covered: true, interval: time.Minute,
			kinds: []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOffice365}})
		debug.FreeOSMemory()
		before := anonymous()
		peak := watchMemory()
		cpu := cpuSeconds()
		f.run()
		f.round()
		b.ReportMetric(cpuSeconds()-cpu, "cpu-s-first-round")
		for _, phase := range []struct {
			name    string
			minutes float64
			changes int // in a minute
		}{{"quiet", 6, 0}, {"busy", 2, 20}} {
			cpu, asked, healths, progresses, documents := cpuSeconds(), f.usage().Requests, f.writes.healths.Load(), f.writes.progresses.Load(), f.writes.documents.Load()
			end := time.After(time.Duration(phase.minutes * float64(time.Minute)))
			change := time.NewTicker(time.Minute / time.Duration(max(1, phase.changes)))
			polls := 0
			for i, over := 0, false; !over; {
				select {
				case <-end:
					over = true
				case <-change.C:
					if phase.changes > 0 {
						i += 37
						away.touch(b, i%m.Tenants)
					}
				case p := <-f.polls:
					if p.fault != nil {
						b.Fatal(p.fault)
					}
					polls++
				}
			}
			change.Stop()
			b.ReportMetric((cpuSeconds()-cpu)/phase.minutes, "cpu-s/min-"+phase.name)
			b.ReportMetric(float64(polls)/phase.minutes, "polls/min-"+phase.name)
			b.ReportMetric(float64(f.usage().Requests-asked)/phase.minutes, "requests/min-"+phase.name)
			b.ReportMetric(float64(f.writes.healths.Load()-healths)/phase.minutes, "health-commits/min-"+phase.name)
			b.ReportMetric(float64(f.writes.progresses.Load()-progresses)/phase.minutes, "progress-commits/min-"+phase.name)
			b.ReportMetric(float64(f.writes.documents.Load()-documents)/phase.minutes, "document-commits/min-"+phase.name)
		}
		b.ReportMetric(float64(peak())/(1<<20), "MiB-anonymous-at-most")
		b.ReportMetric(float64(anonymous())/(1<<20), "MiB-anonymous-at-last")
		b.ReportMetric(float64(before)/(1<<20), "MiB-anonymous-before")
		b.ReportMetric(float64(inUse())/(1<<20), "MiB-in-use")
		b.ReportMetric(float64(runtime.NumGoroutine()), "goroutines")
		f.stop()
		away.stop()
	}
}

// watchMemory looks at the memory of this process ten times a second until the function is called, which returns the most it saw.
func watchMemory() (peak func() int64) {
	var most atomic.Int64
	most.Store(anonymous())
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				most.Store(max(most.Load(), anonymous()))
			}
		}
	})
	return func() int64 { close(stop); watching.Wait(); return most.Load() }
}

// anonymous is how many bytes of this process stand in memory and belong to no file: the pages of the store's file are the system's to keep
// or to drop.
func anonymous() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kib, 10, 64)
	return n << 10
}

// cpuSeconds is how long processors worked for this process.
func cpuSeconds() float64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // never fails for oneself
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}
