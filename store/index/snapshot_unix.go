//go:build unix

package index

import (
	"os"
	"syscall"
)

// memoryOf is a file as memory of this process: read where it is looked at, and this process's own where it is written to. It stays for as long
// as the process does, whatever becomes of the file's name; a snapshot is replaced by another file and never written to.
func memoryOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil, err
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	if err != nil {
		return readAll(f, int(info.Size()))
	}
	return b, nil
}
