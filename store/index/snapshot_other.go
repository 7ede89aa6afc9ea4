//go:build !unix

package index

import "os"

// memoryOf is a file as memory of this process.
func memoryOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readAll(f, int(info.Size()))
}
