package defender

import (
	"net/netip"
	"slices"
	"strings"

	"workbench"
)

// device is a device as one alert names it.
type device struct {
	mde, aad, name  workbench.Untrusted
	os              workbench.Untrusted
	local, external workbench.Untrusted // last known addresses
	loggedOn        []*user
	primary         bool
	body            value
}

// deviceOf reads deviceEvidence, an item of devices[] of the older incident interface, and the machine of an endpoint alert.
func deviceOf(v value, us users) *device {
	d := &device{body: v}
	text := func(names ...string) workbench.Untrusted {
		for _, n := range names {
			if u := v.get(n).untrusted(); !u.IsZero() {
				return u
			}
		}
		return workbench.Untrusted{}
	}
	d.mde = text("mdeDeviceId", "mdatpDeviceId", "machineId", "deviceId")
	d.aad = text("azureAdDeviceId", "aadDeviceId")
	d.name = text("deviceDnsName", "computerDnsName", "hostName")
	d.local, d.external = text("lastIpAddress"), text("lastExternalIpAddress")
	if d.local.IsZero() {
		d.local = firstAddress(v.get("ipInterfaces"))
	}
	d.os = operatingSystem(text("osPlatform"), text("version", "osVersion"), text("osBuild"))
	for _, u := range v.get("loggedOnUsers").list() {
		if a := accountOf(u.value); !a.empty() {
			d.loggedOn = append(d.loggedOn, us.of(a))
		}
	}
	d.primary = slices.ContainsFunc(v.get("detailedRoles").list(), func(r member) bool {
		word := fold(r.value.untrusted())
		return word == "primarydevice" || word == "main device" || word == "primary device"
	})
	return d
}

func operatingSystem(platform, version, build workbench.Untrusted) workbench.Untrusted {
	var parts []string
	for _, p := range []workbench.Untrusted{platform, version} {
		if !p.IsZero() {
			parts = append(parts, p.Raw())
		}
	}
	if !build.IsZero() {
		parts = append(parts, "(build "+build.Raw()+")")
	}
	return workbench.Text(strings.Join(parts, " "))
}

// firstAddress is the first address of a list that other machines could reach.
func firstAddress(list value) workbench.Untrusted {
	for _, m := range list.list() {
		ip, err := netip.ParseAddr(strings.TrimSpace(m.value.text))
		if err == nil && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified() {
			return m.value.untrusted()
		}
	}
	return workbench.Untrusted{}
}

// devices knows the devices of a story: Microsoft names one by up to three ids, not always the same ones.
type devices struct {
	alias map[string]string // weaker id to the id of Defender for Endpoint; "" where several devices claim it
	names map[string]workbench.Untrusted
}

func newDevices() *devices {
	return &devices{alias: map[string]string{}, names: map[string]workbench.Untrusted{}}
}

// meet learns the ids and the name of a device.
func (ds *devices) meet(d *device) {
	if key := fold(d.mde); key != "" {
		for _, weak := range []string{"aad:" + fold(d.aad), "name:" + fold(d.name)} {
			if have, ok := ds.alias[weak]; ok && have != key {
				ds.alias[weak] = ""
			} else {
				ds.alias[weak] = key
			}
		}
	}
}

// named remembers the names of devices, once all devices were met.
func (ds *devices) named(d *device) {
	if key := ds.key(d); key != "" && !d.name.IsZero() {
		if _, ok := ds.names[key]; !ok {
			ds.names[key] = d.name
		}
	}
}

// key is the device's identity in the story, or "".
func (ds *devices) key(d *device) string {
	if key := fold(d.mde); key != "" {
		return key
	}
	if weak := fold(d.aad); weak != "" {
		if key := ds.alias["aad:"+weak]; key != "" {
			return key
		}
	}
	if weak := fold(d.name); weak != "" {
		if key := ds.alias["name:"+weak]; key != "" {
			return key
		}
	}
	if weak := fold(d.aad); weak != "" {
		return weak
	}
	return fold(d.name)
}
