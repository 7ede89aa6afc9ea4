package sample

// file is a file on disk, or what a process is an image of.
type file struct {
	folder, name string
	size         int64 // 0 = not known
	publisher    string
	content      string // tells its hashes from those of other contents of the same name; "" = the usual content
	unhashed     bool   // Microsoft gave no hash
	md5          bool   // the older hash is given too
}

// microsoft is a file that belongs to Windows.
func microsoft(folder, name string, size int64) file {
	return file{folder: folder, name: name, size: size, publisher: "Microsoft Corporation"}
}

// system32 is a program of Windows in its usual place.
func system32(name string, size int64) file { return microsoft(`C:\Windows\System32`, name, size) }

// details renders the members that Microsoft gives of a file.
func (f file) details() object {
	key := f.name + "/" + f.content
	var sha1, sha256, md5, size any
	if !f.unhashed {
		sha1, sha256 = inventSHA1(key), inventSHA256(key)
	}
	if f.md5 {
		md5 = inventSHA1("md5/" + key)[:32]
	}
	if f.size > 0 {
		size = f.size
	}
	return object{
		{"sha1", sha1}, {"sha256", sha256}, {"md5", md5}, {"sha256Ac", nil}, {"fileName", f.name}, {"filePath", orNull(f.folder)}, {"fileSize", size},
		{"filePublisher", orNull(f.publisher)}, {"signer", orNull(f.publisher)}, {"issuer", nil},
	}
}

// parentDetails renders a file as parents are described: without hashes.
func (f file) parentDetails() object {
	f.unhashed, f.md5 = true, false
	return f.details()
}

// on renders the file as evidence on a device. Status is detected, blocked, prevented or "".
func (f file) on(d device, r record, status string) object {
	return evidence("fileEvidence", r, object{{"detectionStatus", orNull(status)}, {"mdeDeviceId", d.id()}, {"fileDetails", f.details()}})
}

// hash renders the SHA-256 of the file as evidence of its own.
func (f file) hash(r record) object {
	return evidence("fileHashEvidence", r, object{{"algorithm", "sha256"}, {"value", inventSHA256(f.name + "/" + f.content)}})
}
