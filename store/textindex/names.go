package textindex

import (
	"workbench"
)

// names keeps ids that were read lately, for whoever feeds.
type names struct {
	parts map[[2]uint32][]workbench.StoryID
}

const keptNames = 256 // parts of idsOfPart ids

func newNames() *names { return &names{parts: map[[2]uint32][]workbench.StoryID{}} }

// idOf reads the id of an ordinal. The caller holds write.
func (x *Index) idOf(ordinal uint32) (workbench.StoryID, error) {
	if ordinal >= x.recent.firstID {
		return x.recent.ids[ordinal-x.recent.firstID], nil
	}
	for _, s := range x.segments {
		if ordinal >= s.endID() {
			continue
		}
		i := ordinal - s.directory.firstID
		key := [2]uint32{s.number, i / idsOfPart}
		ids, ok := x.names.parts[key]
		if !ok {
			var err error
			if ids, err = s.idPart(int(i / idsOfPart)); err != nil {
				return "", err
			}
			if len(x.names.parts) >= keptNames {
				clear(x.names.parts)
			}
			x.names.parts[key] = ids
		}
		return ids[i%idsOfPart], nil
	}
	return "", damage("ordinal %d was never given out", ordinal)
}
