package sample

// The hives of the registry, as evidence names them.
const (
	currentUser  = "HKEY_CURRENT_USER"
	localMachine = "HKEY_LOCAL_MACHINE"
)

// registryKey renders a key as evidence. Microsoft ties a key to no device.
func registryKey(r record, hive, key string) object {
	return evidence("registryKeyEvidence", r, object{{"registryKey", key}, {"registryHive", hive}})
}

// registryValue renders a value of a key as evidence.
func registryValue(r record, d device, hive, key, name, kind, value string) object {
	return evidence("registryValueEvidence", r, object{
		{"mdeDeviceId", d.id()}, {"registryHive", hive}, {"registryKey", key}, {"registryValueName", name}, {"registryValueType", kind},
		{"registryValue", value},
	})
}
