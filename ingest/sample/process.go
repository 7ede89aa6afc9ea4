package sample

import "time"

// process is something that ran on a device. Its parent may never be evidence itself: then only the child tells of it.
type process struct {
	device        *device
	user          person
	id            int64
	started       time.Time
	image         file
	command       string
	parent        *process
	status        string // "" = detected
	parentUnnamed bool   // Microsoft left out the parent's image
}

// child is a process started by p at a time, under the same account.
func (p *process) child(id int64, started time.Time, image file, command string) *process {
	return &process{device: p.device, user: p.user, id: id, started: started, image: image, command: command, parent: p}
}

// members renders what Microsoft says of a process beyond its verdict.
func (p *process) members() object {
	var parentID, parentStarted, parentImage any
	if p.parent != nil {
		parentID, parentStarted = p.parent.id, timeOrNull(p.parent.started)
		if !p.parentUnnamed {
			parentImage = p.parent.image.parentDetails()
		}
	}
	return object{
		{"processId", p.id}, {"parentProcessId", parentID}, {"processCommandLine", orNull(p.command)},
		{"processCreationDateTime", timeOrNull(p.started)},
		{"parentProcessCreationDateTime", parentStarted}, {"detectionStatus", word(p.status, "detected")}, {"mdeDeviceId", p.device.id()},
		{"parentProcessImageFile", parentImage}, {"imageFile", p.image.details()}, {"userAccount", p.user.userAccount()},
	}
}

// evidence renders the process as evidence.
func (p *process) evidence(r record) object { return evidence("processEvidence", r, p.members()) }

// malware renders a finding of antivirus together with the files and processes that it names.
func malware(r record, name, category string, d device, files []file, processes []*process) object {
	var fileList, processList []object
	for _, f := range files {
		fileList = append(fileList, r.members(object{{"detectionStatus", nil}, {"mdeDeviceId", d.id()}, {"fileDetails", f.details()}}))
	}
	for _, p := range processes {
		processList = append(processList, r.members(p.members()))
	}
	return evidence("malwareEvidence", r, object{{"name", name}, {"category", category}, {"files", fileList}, {"processes", processList}})
}
