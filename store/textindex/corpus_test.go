package textindex_test

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"workbench"
	"workbench/store"
)

// corpus is a feed of stories whose texts look like those of incidents. It keeps nothing: each story is made when it is read, from its
// number alone.
type corpus struct {
	stories int
	zipf    map[uint64]*zipf
}

type zipf struct{ table []uint32 }

func newCorpus(stories int) *corpus {
	c := &corpus{stories: stories, zipf: map[uint64]*zipf{}}
	for _, n := range []uint64{40, 400, 2_000, 5_000, 20_000, 50_000, 300_000} {
		z := rand.NewZipf(rand.New(rand.NewPCG(1, n)), 1.1, 8, n-1)
		t := make([]uint32, 1<<16)
		for i := range t {
			t[i] = uint32(z.Uint64())
		}
		c.zipf[n] = &zipf{t}
	}
	return c
}

func (c *corpus) pick(r *rand.Rand, n uint64) uint64 {
	if v := uint64(c.zipf[n].table[r.Uint32N(1<<16)]); n < 100_000 || v < 1000 {
		return v
	}
	return r.Uint64N(n)
}

var (
	bases = []string{"powershell.exe", "cmd.exe", "rundll32.exe", "wscript.exe", "msiexec.exe", "regsvr32.exe", "outlook.exe", "winword.exe", "svchost.exe", "python.exe",
		"curl.exe", "certutil.exe", "bitsadmin.exe", "schtasks.exe", "net.exe", "whoami.exe"}
	syllables = []string{"ad", "mi", "ven", "tor", "lex", "con", "pro", "sys", "dat", "upd", "ser", "net", "clo", "bin", "rak", "zel", "fi", "ma", "no", "ta"}
	flags     = []string{"-NoProfile -ExecutionPolicy Bypass", "/c start /min", "-WindowStyle Hidden", "--update --silent", "/quiet /norestart", "-urlcache -split -f", "/create /sc minute"}
)

func word(n uint64) string {
	s := ""
	for range 3 {
		s += syllables[n%uint64(len(syllables))]
		n = n/uint64(len(syllables)) + n*2654435761%7919
	}
	return s
}

func user(n uint64) string { return word(n) + fmt.Sprint(n%97) }

func path(n uint64, who string) string {
	base := bases[n%uint64(len(bases))]
	switch n % 4 {
	case 0:
		return `C:\Windows\System32\` + base
	case 1:
		return `C:\Program Files\` + word(n) + `\` + word(n*31) + `\` + base
	case 2:
		return `C:\Users\` + who + `\AppData\Local\Temp\` + word(n) + fmt.Sprint(n) + ".tmp"
	}
	return `C:\ProgramData\` + word(n*7) + `\` + word(n) + fmt.Sprint(n%1000) + ".dll"
}

func fileHashes(n uint64) (string, string, string) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	s2, s1, m := sha256.Sum256(b[:]), sha1.Sum(b[:]), md5.Sum(b[:])
	return hex.EncodeToString(s2[:]), hex.EncodeToString(s1[:]), hex.EncodeToString(m[:])
}

func (c *corpus) texts(place uint64) []string {
	r := rand.New(rand.NewPCG(place, 7))
	who := user(c.pick(r, 50_000))
	list := []string{fmt.Sprintf("%d alerts on %s: %s", 1+r.IntN(9), user(c.pick(r, 20_000)), word(c.pick(r, 400))), fmt.Sprint(100_000 + place/3),
		"Multi-stage incident involving " + word(c.pick(r, 40)) + " & " + word(c.pick(r, 400)) + " on one endpoint", fmt.Sprintf("da%d_%d", 637_000_000_000_000_000+r.Int64N(1e15), r.Int32())}
	for range 2 {
		n := c.pick(r, 2_000)
		line := path(c.pick(r, 5_000), who) + " " + flags[n%uint64(len(flags))] + " " + word(n) + fmt.Sprint(n%50)
		switch r.IntN(10) {
		case 0:
			blob := make([]byte, 60+r.IntN(120))
			for i := range blob {
				blob[i] = byte(r.Uint32())
			}
			line += " -enc " + base64.StdEncoding.EncodeToString(blob)
		case 1, 2:
			line += fmt.Sprintf(` --id %08x-%04x --out "%s"`, r.Uint32(), r.Uint32()&0xffff, path(c.pick(r, 20_000), who))
		}
		list = append(list, line)
	}
	for range 2 {
		file := c.pick(r, 300_000)
		a, b, m := fileHashes(file)
		list = append(list, path(file, who), a, b)
		if r.IntN(2) == 0 {
			list = append(list, m)
		}
	}
	ip := c.pick(r, 50_000)
	list = append(list, who, fmt.Sprintf("%d.%d.%d.%d", 10+ip%3, ip/256%256, ip%256, ip*7%256))
	if r.IntN(2) == 0 {
		list = append(list, fmt.Sprintf("https://%s.%s.example/%s?t=%016x", word(c.pick(r, 5_000)), word(c.pick(r, 50_000)), word(c.pick(r, 400)), r.Uint64()))
	}
	if r.IntN(3) == 0 {
		list = append(list, fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.IntN(65536), r.IntN(65536), r.IntN(65536), r.Uint64()>>16), "Invoice "+word(c.pick(r, 2_000))+" is due",
			who+"@contoso.example")
	}
	return list
}

func (c *corpus) entry(place uint64) store.Entry {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], place)
	return store.Entry{ID: workbench.StoryID(workbench.NewID("corpus", string(b[:]))), Ref: store.Ref{Tenant: "t", Place: place}, Number: store.Change(place + 1)}
}

func (c *corpus) Changes(ctx context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var list []store.Entry
	for place := uint64(after); place < uint64(c.stories) && len(list) < limit; place++ {
		list = append(list, c.entry(place))
	}
	return list, ctx.Err()
}

func (c *corpus) Wait(ctx context.Context, _ store.Change) error {
	<-ctx.Done()
	return ctx.Err()
}

func (c *corpus) Mark(context.Context) (string, error)         { return "corpus", nil }
func (c *corpus) Marked(context.Context, string) (bool, error) { return true, nil }

func (c *corpus) Entries(_ context.Context, refs []store.Ref) ([]store.Entry, error) {
	var list []store.Entry
	for _, r := range refs {
		list = append(list, c.entry(r.Place))
	}
	return list, nil
}

func (c *corpus) Texts(ctx context.Context, refs []store.Ref) ([][]string, error) {
	var list [][]string
	for _, r := range refs {
		list = append(list, c.texts(r.Place))
	}
	return list, ctx.Err()
}
