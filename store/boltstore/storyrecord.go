package boltstore

import (
	"encoding/binary"
	"encoding/json"

	"workbench"
)

// storyForm begins the record of a story in its present form. Records of formats 1 and 2 begin with the first byte of a change number, 0,
// have the head as JSON, and say nothing of the state. They are read, and never written.
const storyForm = 3

// storyRecord is what the change feed and lists need of a story.
type storyRecord struct {
	id      workbench.StoryID
	group   workbench.GroupKey
	change  uint64
	gone    bool
	old     bool           // in the form of formats 1 and 2
	content workbench.Hash // of the content's JSON
	head    string         // see encodeHead; of an old record JSON; "" where gone
	state   string         // see encodeState; of an old record nothing. A story that is gone keeps it: it may come again
}

func (r storyRecord) encode() []byte {
	b := append(make([]byte, 0, 128+len(r.head)+len(r.state)), storyForm, flag(r.gone))
	b = binary.BigEndian.AppendUint64(b, r.change)
	b = append(b, r.content[:]...)
	for _, s := range [...]string{string(r.id), r.group.Incident, r.group.Alert, r.head} {
		b = appendText(b, s)
	}
	return append(b, r.state...)
}

// decodeStory reads a record of either form. The texts of what it returns are parts of one copy.
func decodeStory(tenant workbench.TenantID, value []byte) (storyRecord, error) {
	if len(value) == 0 || value[0] == 0 {
		return decodeOldStory(tenant, value)
	}
	const fixed = 2 + 8 + len(workbench.Hash{})
	if len(value) < fixed {
		return storyRecord{}, errShort
	}
	if value[0] != storyForm || value[1] > 1 {
		return storyRecord{}, errForm
	}
	r := storyRecord{gone: value[1] == 1, change: binary.BigEndian.Uint64(value[2:])}
	copy(r.content[:], value[10:])
	f := reader{rest: string(value[fixed:])}
	r.id = workbench.StoryID(f.text())
	r.group = workbench.GroupKey{Tenant: tenant, Incident: f.text(), Alert: f.text()}
	r.head = f.text()
	r.state = f.rest
	return r, f.err
}

func decodeOldStory(tenant workbench.TenantID, value []byte) (storyRecord, error) {
	f := fields{rest: value}
	r := storyRecord{old: true, change: parseNumber(f.bytes(8)), gone: f.bytes(1)[0] == 1, id: workbench.StoryID(f.text())}
	r.group = workbench.GroupKey{Tenant: tenant, Incident: f.text(), Alert: f.text()}
	copy(r.content[:], f.bytes(len(r.content)))
	r.head = string(f.rest)
	return r, f.err
}

// readHead reads the head into h, which is zero; it stays so where the story is gone.
func (r *storyRecord) readHead(h *workbench.Head) (err error) {
	switch {
	case r.gone:
	case r.old:
		err = json.Unmarshal([]byte(r.head), h)
	default:
		err = readHead(r.head, r.id, r.group, h)
	}
	if err != nil {
		return corrupt("head of story %s: %v", workbench.Text(string(r.id)), err)
	}
	return nil
}
