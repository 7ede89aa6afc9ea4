package workbench

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxOwners is how many processes are remembered for one word: enough to prefer one of the same alert, few enough to stay linear.
const maxOwners = 8

// treeIndex finds the processes of a tree by the hash of their program and by the words of their command lines.
type treeIndex struct {
	g      *growing
	hashes owners
	words  owners
}

// clue is something to look for in a command line.
type clue struct {
	kind clueKind
	text string
}

type clueKind uint8

const (
	wholeClue clueKind = iota // a path with forward slashes, an address, a registry path in its short form; for hashes the hash
	baseClue                  // the last part of any path
	nameClue                  // a name that stands without a folder
)

// owners are the first processes that have a clue that somebody looks for. Almost no word of a command line is one: maybe tells so of most
// words without a look into the map, which is slow once it is large.
type owners struct {
	of    map[clue][]int
	maybe []uint64 // a bit for each hash of a clue's end; their number is a power of two
}

func (o *owners) want(word clue, room int) {
	if word.text == "" {
		return
	}
	if o.of == nil {
		words := 8
		for words < 512 && words < room {
			words *= 2
		}
		o.of, o.maybe = make(map[clue][]int, room), make([]uint64, words)
	}
	o.of[word] = nil
	h := endHash(word.text)
	o.maybe[int(h>>6)&(len(o.maybe)-1)] |= 1 << (h & 63)
}

// endHash is 15 bits of the last letters of a text, which tell more than its first.
func endHash(text string) (h uint32) {
	for i := max(0, len(text)-10); i < len(text); i++ {
		h = h*31 + uint32(text[i])
	}
	return (h * 0x9E3779B1) >> 17
}

// newTreeIndex indexes what is looked for, and nothing else: command lines are many and long.
func newTreeIndex(g *growing, wanted []*hanging) *treeIndex {
	x := &treeIndex{g: g}
	for _, h := range wanted {
		for _, hash := range h.hashes {
			x.hashes.want(clue{text: hash}, 2*len(wanted))
		}
		for _, word := range h.words {
			x.words.want(word, 2*len(wanted))
		}
	}
	for i := range g.links {
		p := g.links[i].process
		if p == nil {
			continue
		}
		if len(x.hashes.of) > 0 {
			x.hashes.note(clue{text: fold(p.SHA256.Raw())}, i)
			x.hashes.note(clue{text: fold(p.SHA1.Raw())}, i)
		}
		if len(x.words.of) > 0 {
			commandWords(p.CommandLine.Raw(), func(kind clueKind, text string) { x.words.note(clue{kind, text}, i) })
		}
	}
	return x
}

func (o *owners) note(word clue, node int) {
	if h := endHash(word.text); o.maybe[int(h>>6)&(len(o.maybe)-1)]&(1<<(h&63)) == 0 {
		return
	}
	if have, ok := o.of[word]; ok && len(have) < maxOwners && !slices.Contains(have, node) {
		o.of[word] = append(have, node)
	}
}

// find returns the process that best fits and why, or -1.
func (x *treeIndex) find(h *hanging) (int, string) {
	for _, hash := range h.hashes {
		if owners := x.hashes.of[clue{text: hash}]; len(owners) > 0 {
			return x.best(owners, h.node.AlertIDs), reasonSameHash
		}
	}
	for _, word := range h.words {
		if owners := x.words.of[word]; len(owners) > 0 {
			return x.best(owners, h.node.AlertIDs), reasonInCommand
		}
	}
	return -1, ""
}

// best prefers the earliest process that shares an alert; of very many alerts only the first few are compared.
func (x *treeIndex) best(owners []int, alerts []string) int {
	alerts = alerts[:min(len(alerts), 16)]
	for _, i := range owners {
		mine := x.g.nodes[i].AlertIDs
		if slices.ContainsFunc(mine[:min(len(mine), 16)], func(a string) bool { return slices.Contains(alerts, a) }) {
			return i
		}
	}
	return owners[0]
}

// commandWords yields what a command line names, in lower case and with forward slashes: quoted strings and words; of paths the whole and
// the last part, of addresses the host, of registry paths their short form.
func commandWords(command string, yield func(clueKind, string)) {
	command = foldSlashes(command)
	quoted(command, '"', yield)
	quoted(command, '\'', yield)
	start := 0
	for i := 0; i <= len(command); i++ {
		if i < len(command) && !separates(command[i]) {
			continue
		}
		if start < i {
			pathWords(command[start:i], yield)
		}
		start = i + 1
	}
	for rest := command; ; { // addresses whose query holds separators are whole up to the next blank or quote
		i := strings.Index(rest, "://")
		if i < 0 {
			return
		}
		start := strings.LastIndexFunc(rest[:i], func(r rune) bool { return r < 'a' || r > 'z' }) + 1
		end := i + 3
		if k := strings.IndexAny(rest[end:], " \t\r\n\"'`<>)"); k >= 0 {
			end += k
		} else {
			end = len(rest)
		}
		yield(wholeClue, strings.TrimSuffix(rest[start:end], "/"))
		rest = rest[end:]
	}
}

// separates reports whether a character stands between the words of a command line.
func separates(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', '"', '\'', '`', ',', ';', '(', ')', '<', '>', '|', '{', '}', '=', '&':
		return true
	}
	return false
}

func quoted(command string, mark byte, yield func(clueKind, string)) {
	for {
		i := strings.IndexByte(command, mark)
		if i < 0 {
			return
		}
		k := strings.IndexByte(command[i+1:], mark)
		if k < 0 {
			return
		}
		pathWords(command[i+1:i+1+k], yield)
		command = command[i+2+k:]
	}
}

func pathWords(word string, yield func(clueKind, string)) {
	if strings.HasPrefix(word, "hk") {
		yield(wholeClue, registryPath("", word))
	}
	path := strings.TrimSpace(word)
	path, _ = strings.CutPrefix(path, "//?/")
	if _, rest, ok := strings.Cut(path, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		yield(wholeClue, strings.TrimSuffix(path, "/"))
		yield(wholeClue, host)
		if bare, _, ok := strings.Cut(host, ":"); ok {
			yield(wholeClue, bare)
		}
		return
	}
	yield(wholeClue, path)
	if ip, _, ok := strings.Cut(path, ":"); ok && len(ip) >= len("1.1.1.1") {
		yield(wholeClue, canonicalIP(ip))
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	yield(baseClue, base)
	if base == path || strings.TrimLeft(path, "./") == base {
		yield(nameClue, base)
	}
}

var hives = strings.NewReplacer("hkey_local_machine", "hklm", "hkey_current_user", "hkcu", "hkey_classes_root", "hkcr", "hkey_users", "hku", "hkey_current_config", "hkcc")

// registryPath writes a registry key in one way: short hive, forward slashes, lower case, without the identity that stands for the
// current user.
func registryPath(hive, key string) string {
	hive, key = fold(hive), slashes(fold(key))
	key = strings.Trim(key, "/")
	if hive != "" && !strings.HasPrefix(key, "hk") {
		if sid, rest, ok := strings.Cut(key, "/"); ok && hive == "hkey_current_user" && strings.HasPrefix(sid, "s-1-5-21-") {
			key = rest
		}
		key = hive + "/" + key
	}
	if !strings.HasPrefix(key, "hk") {
		return ""
	}
	head, rest, _ := strings.Cut(key, "/")
	return hives.Replace(strings.TrimSuffix(head, ":")) + "/" + rest
}

func fold(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// foldSlashes is slashes(fold(text)), of plain ASCII in a single copy: command lines are long.
func foldSlashes(text string) string {
	text = strings.TrimSpace(text)
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			return slashes(fold(text))
		case c == '\\':
			c = '/'
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		}
		b.WriteByte(c)
	}
	return b.String()
}

func slashes(text string) string { return strings.ReplaceAll(text, `\`, "/") }
