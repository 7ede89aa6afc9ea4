package defender

import (
	"strconv"
	"strings"

	"workbench"
)

func (r *reading) process(o *object) {
	b := r.base(o)
	r.onDevice(&b, o)
	image, parent := o.sub("imageFile"), o.sub("parentProcessImageFile")
	if len(image.body.members) == 0 {
		image = o // the older interfaces are flat
	}
	p := workbench.ProcessEvidence{
		ProcessName: image.text("fileName"), ProcessID: o.int("processId"), CommandLine: o.text("processCommandLine"),
		StartedAt:       o.time("processCreationDateTime", "processCreationTime"),
		ParentProcessID: o.int("parentProcessId"), ParentName: parent.text("fileName").Or(o.text("parentProcessFileName")),
		ParentStartedAt: o.time("parentProcessCreationDateTime", "parentProcessCreationTime"),
		SHA256:          image.text("sha256"), SHA1: image.text("sha1"), DetectionStatus: word(o.text("detectionStatus")),
	}
	p.FilePath = joinPath(image.text("filePath"), p.ProcessName)
	p.User = processUser(o)
	b.Data = o.rest()
	if p.ProcessID != nil && !p.StartedAt.IsZero() {
		r.identify(&b, "process", r.place(b), strconv.FormatInt(*p.ProcessID, 10), strconv.FormatInt(p.StartedAt.UnixMilli(), 10))
	} else {
		pid := ""
		if p.ProcessID != nil {
			pid = strconv.FormatInt(*p.ProcessID, 10)
		}
		r.identify(&b, "process", r.place(b), "alert", r.alert, pid, fold(p.SHA256), fold(p.ProcessName), p.CommandLine.Raw())
	}
	p.EvidenceBase = b
	r.shelf.processes.put(&p, func(p *workbench.ProcessEvidence) *workbench.EvidenceBase { return &p.EvidenceBase },
		func(m *merge, have, come *workbench.ProcessEvidence) {
			m.text(&have.ProcessName, come.ProcessName, "processName")
			m.text(&have.CommandLine, come.CommandLine, "processCommandLine")
			m.text(&have.FilePath, come.FilePath, "filePath")
			m.text(&have.ParentName, come.ParentName, "parentProcessFileName")
			m.text(&have.User, come.User, "user")
			m.text(&have.SHA256, come.SHA256, "sha256")
			m.text(&have.SHA1, come.SHA1, "sha1")
			m.text(&have.DetectionStatus, come.DetectionStatus, "detectionStatus")
			if have.ParentProcessID == nil || have.ParentStartedAt.IsZero() && !come.ParentStartedAt.IsZero() {
				have.ParentProcessID, have.ParentStartedAt = come.ParentProcessID, come.ParentStartedAt // they belong together
			}
		})
}

// processUser is domain\account; the rest of the account stays in Data.
func processUser(o *object) workbench.Untrusted {
	account := o.sub("userAccount")
	if len(account.body.members) == 0 {
		account = o
	}
	name, domain := account.text("accountName"), workbench.Untrusted{}
	if !name.IsZero() {
		domain = account.text("domainName")
	}
	switch {
	case name.IsZero():
		return account.text("userPrincipalName")
	case domain.IsZero():
		return name
	}
	return workbench.Text(domain.Raw() + `\` + name.Raw())
}

// joinPath puts a folder and a file name together with the separator that the folder uses. A name without a folder is no path.
func joinPath(folder, name workbench.Untrusted) workbench.Untrusted {
	if folder.IsZero() || name.IsZero() {
		return folder
	}
	separator := `\`
	if strings.Contains(folder.Raw(), "/") && !strings.Contains(folder.Raw(), `\`) {
		separator = "/"
	}
	if strings.HasSuffix(folder.Raw(), separator) {
		separator = ""
	}
	return workbench.Text(folder.Raw() + separator + name.Raw())
}
