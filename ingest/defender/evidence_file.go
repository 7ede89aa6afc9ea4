package defender

import (
	"workbench"
)

func (r *reading) file(o *object) {
	b := r.base(o)
	r.onDevice(&b, o)
	details := o.sub("fileDetails")
	if len(details.body.members) == 0 {
		details = o
	}
	f := workbench.FileEvidence{
		FilePath: details.text("filePath"), FileName: details.text("fileName"), FileSize: details.int("fileSize"),
		SHA1: details.text("sha1"), SHA256: details.text("sha256"), MD5: details.text("md5"), DetectionStatus: word(o.text("detectionStatus")),
	}
	b.Data = o.rest()
	hash := f.SHA256.Or(f.SHA1).Or(f.MD5)
	if hash.IsZero() && f.FileName.IsZero() && f.FilePath.IsZero() {
		r.identify(&b, "file")
	} else {
		r.identify(&b, "file", r.place(b), fold(hash), fold(f.FilePath), fold(f.FileName))
	}
	f.EvidenceBase = b
	r.shelf.files.put(&f, func(f *workbench.FileEvidence) *workbench.EvidenceBase { return &f.EvidenceBase },
		func(m *merge, have, come *workbench.FileEvidence) {
			m.text(&have.FilePath, come.FilePath, "filePath")
			m.text(&have.FileName, come.FileName, "fileName")
			m.int(&have.FileSize, come.FileSize)
			m.text(&have.SHA1, come.SHA1, "sha1")
			m.text(&have.SHA256, come.SHA256, "sha256")
			m.text(&have.MD5, come.MD5, "md5")
			m.text(&have.DetectionStatus, come.DetectionStatus, "detectionStatus")
		})
}

func (r *reading) registry(o *object) {
	b := r.base(o)
	r.onDevice(&b, o)
	v := workbench.RegistryEvidence{
		Hive: o.text("registryHive"), Key: o.text("registryKey"), Name: o.text("registryValueName"),
		ValueType: o.text("registryValueType"), Value: o.text("registryValue"),
	}
	b.Data = o.rest()
	if v.Hive.IsZero() && v.Key.IsZero() && v.Name.IsZero() {
		r.identify(&b, "registry")
	} else {
		r.identify(&b, "registry", r.place(b), fold(v.Hive), fold(v.Key), fold(v.Name))
	}
	v.EvidenceBase = b
	r.shelf.registry.put(&v, func(v *workbench.RegistryEvidence) *workbench.EvidenceBase { return &v.EvidenceBase },
		func(m *merge, have, come *workbench.RegistryEvidence) {
			m.text(&have.Hive, come.Hive, "registryHive")
			m.text(&have.Key, come.Key, "registryKey")
			m.text(&have.Name, come.Name, "registryValueName")
			m.text(&have.ValueType, come.ValueType, "registryValueType")
			m.text(&have.Value, come.Value, "registryValue")
		})
}
