package workbench

import (
	"bytes"
	"encoding/json"
)

// orNull is text of the workbench's own that is null in JSON where there is none, as Untrusted is.
type orNull string

// MarshalJSON writes null for none.
func (o orNull) MarshalJSON() ([]byte, error) { return marshalWord(o) }

// AppendJSON appends what MarshalJSON returns.
func (id StoryID) AppendJSON(b []byte) []byte { return appendJSONString(b, string(id)) }

// MarshalJSON writes null for no story.
func (id StoryID) MarshalJSON() ([]byte, error) { return id.AppendJSON(nil), nil }

// UnmarshalJSON reads null as no story.
func (id *StoryID) UnmarshalJSON(b []byte) error { return unmarshalWord(id, b) }

// DeviceKey names a device within a story; "" is none.
type DeviceKey string

// AppendJSON appends what MarshalJSON returns.
func (k DeviceKey) AppendJSON(b []byte) []byte { return appendJSONString(b, string(k)) }

// MarshalJSON writes null for none.
func (k DeviceKey) MarshalJSON() ([]byte, error) { return k.AppendJSON(nil), nil }

// UnmarshalJSON reads null as none.
func (k *DeviceKey) UnmarshalJSON(b []byte) error { return unmarshalWord(k, b) }

// Fields tagged absent:"null" are null in JSON where they are empty, and stand last, in their order: so the methods below write them, and so
// does whoever writes JSON by the tags.

// MarshalJSON writes null where the alert has no address that is safe to follow.
func (a Alert) MarshalJSON() ([]byte, error) {
	type plain Alert
	return marshalPlain(struct {
		plain
		URL orNull `json:"url"`
	}{plain(a), orNull(a.URL)})
}

// MarshalJSON writes null where the node has no parent, no evidence or no reason.
func (n TreeNode) MarshalJSON() ([]byte, error) {
	type plain TreeNode
	return marshalPlain(struct {
		plain
		ParentID   orNull `json:"parentId"`
		EvidenceID orNull `json:"evidenceId"`
		Reason     orNull `json:"reason"`
	}{plain(n), orNull(n.ParentID), orNull(n.EvidenceID), orNull(n.Reason)})
}

// marshalPlain writes JSON without HTML escaping: what a MarshalJSON method escapes stays escaped.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
