//go:build unix

package index_test

import (
	"syscall"
	"time"
)

// cpu is the processor time that this process took. Others on the machine make it longer by little, and the clock's by much.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
