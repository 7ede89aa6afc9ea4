package textindex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"workbench"
	"workbench/store"
)

const (
	format       = 1 // of manifest and segments
	manifestName = "MANIFEST"
	segmentEnd   = ".texts"
)

// manifest says which files count.
type manifest struct {
	Format     int          `json:"format"`
	Generation uint64       `json:"generation,string"`
	Secret     []byte       `json:"secret"` // fingerprints are made with it, so that nobody can make two texts with one fingerprint
	Applied    store.Change `json:"applied"`
	Next       uint32       `json:"next"`     // number of the next segment
	Segments   []file       `json:"segments"` // oldest first
	Mark       string       `json:"mark"`     // of the store, made after what was applied was read; "" = nothing was
}

type file struct {
	Number uint32 `json:"number"`
	Size   int64  `json:"size"`
}

func segmentName(number uint32) string { return fmt.Sprintf("%08d%s", number, segmentEnd) }

// save replaces the manifest of a folder. When it returns, it is safe, unless lazy.
func (m manifest) save(dir string, lazy bool) error {
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	b = append(fmt.Appendf(nil, "%08x\n", crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))), b...)
	name := filepath.Join(dir, manifestName)
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	_, err = f.Write(b)
	if err == nil && !lazy {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(name+".new", name)
	}
	if err == nil && !lazy {
		err = syncFolder(dir)
	}
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

// loadManifest reads the manifest of a folder; fs.ErrNotExist where there is none.
func loadManifest(dir string) (manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return manifest{}, err
	}
	sum, rest, ok := bytes.Cut(b, []byte("\n"))
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if !ok || err != nil || uint32(want) != crc32.Checksum(rest, crc32.MakeTable(crc32.Castagnoli)) {
		return manifest{}, damage("the manifest does not match its checksum")
	}
	var m manifest
	if err := json.Unmarshal(rest, &m); err != nil {
		return manifest{}, damage("the manifest is not readable: %v", err)
	}
	if m.Format != format {
		return manifest{}, fmt.Errorf("the manifest has format %d, this program %d: %w", m.Format, format, workbench.ErrNewer)
	}
	return m, nil
}

// sweep takes away the files of this package that the manifest does not name.
func (m manifest) sweep(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, s := range m.Segments {
		keep[segmentName(s.Number)] = true
	}
	for _, e := range list {
		if filepath.Ext(e.Name()) != segmentEnd && e.Name() != manifestName+".new" || keep[e.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
