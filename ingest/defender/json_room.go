package defender

import "slices"

// The rooms of a parser: so many members in each, so many rooms that are kept for the next documents.
const (
	roomMembers = 1 << 10
	maxRooms    = 32
)

// keep takes the members above base from the stack and returns them in a list of their own.
func (p *parser) keep(base int) []member {
	list := p.stack[base:]
	if len(list) == 0 {
		return nil
	}
	p.stack = p.stack[:base]
	if len(list) > roomMembers/8 {
		return slices.Clone(list)
	}
	if len(list) > cap(p.room)-len(p.room) {
		p.newRoom()
	}
	from := len(p.room)
	p.room = append(p.room, list...)
	return slices.Clip(p.room[from:])
}

func (p *parser) newRoom() {
	if p.room != nil {
		p.full = append(p.full, p.room)
	}
	if last := len(p.empty) - 1; last >= 0 {
		p.room, p.empty = p.empty[last], p.empty[:last]
	} else {
		p.room = make([]member, 0, roomMembers)
	}
}

// forget empties the rooms for the next documents: nothing may hold values of the former ones any more, though texts of them stay.
func (p *parser) forget() {
	p.full = append(p.full, p.room)
	for _, room := range p.full {
		if cap(room) == roomMembers && len(p.empty) < maxRooms {
			clear(room)
			p.empty = append(p.empty, room[:0])
		}
	}
	clear(p.full)
	p.full, p.room, p.src, p.text = p.full[:0], nil, nil, ""
	if cap(p.stack) > roomMembers {
		p.stack = nil
	}
	clear(p.stack[:cap(p.stack)])
}
