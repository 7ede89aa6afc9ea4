package report

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Here is this machine.
func Here() Machine {
	m := Machine{Cores: runtime.NumCPU(), Go: runtime.Version()}
	m.Kernel, _, _ = strings.Cut(strings.TrimSpace(text("/proc/sys/kernel/osrelease")), "-") // what follows is who built it
	m.Processor = after(text("/proc/cpuinfo"), "model name")
	if kilobytes, err := strconv.ParseInt(strings.TrimSuffix(after(text("/proc/meminfo"), "MemTotal"), " kB"), 10, 64); err == nil {
		m.Memory = kilobytes << 10
	}
	return m
}

func text(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}

// after is the value of the first line of that name.
func after(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
