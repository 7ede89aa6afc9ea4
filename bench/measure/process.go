// Package measure is clocks, controls and statistics: what a figure is made of, and whether it can be trusted.
package measure

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of processor times below /proc.
const tick = 10 * time.Millisecond

// Family is the processor time of a process and its children, ended ones included, and the memory of those that run that no file backs:
// a page that several share counts for each its share.
func Family(pid int) (cpu time.Duration, memory int64, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, 0, err
	}
	found := false
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		id, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:])) // from the state on, which is field 3
		if len(fields) < 15 || id != pid && fields[1] != strconv.Itoa(pid) {
			continue
		}
		times := fields[11:13]
		if id == pid {
			times, found = fields[11:15], true
		}
		for _, t := range times {
			n, _ := strconv.ParseInt(t, 10, 64)
			cpu += time.Duration(n) * tick
		}
		memory += anonymous(id)
	}
	if !found {
		return 0, 0, fmt.Errorf("process %d has ended", pid)
	}
	return cpu, memory, nil
}

// anonymous is the private and shared memory of a process that no file backs, by its share.
func anonymous(pid int) (bytes int64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) == 3 && (f[0] == "Pss_Anon:" || f[0] == "Pss_Shmem:") {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			bytes += n << 10
		}
	}
	return bytes
}

// Memory is what this process takes that no file backs.
func Memory() int64 { return anonymous(os.Getpid()) }

// CPU is the processor time of this process so far.
func CPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
