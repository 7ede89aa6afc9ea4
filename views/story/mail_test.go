package story_test

import (
	"testing"

	"workbench"
	"workbench/views/story"
)

func TestWhereTheDevicesOfAMailStoryMayBeFound(t *testing.T) {
	endpoint := workbench.Sibling{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbb", Producer: workbench.Text("Microsoft Defender for Endpoint"), AlertCount: 1, Status: workbench.StatusOpen}
	moved, empty, identity, several := endpoint, endpoint, endpoint, endpoint
	moved.MovedTo = []workbench.StoryID{"cccccccccccccccccccccccccc"}
	empty.AlertCount = 0
	identity.Producer = workbench.Text("Microsoft Defender for Identity")
	several.AlertCount = 3
	for name, c := range map[string]struct {
		siblings []workbench.Sibling
		devices  []workbench.Untrusted
		want     string
	}{
		"no sibling":        {nil, nil, ""},
		"one alert":         {[]workbench.Sibling{endpoint}, nil, "Defender for Endpoint has 1 alert in the same incident"},
		"several alerts":    {[]workbench.Sibling{identity, several}, nil, "Defender for Endpoint has 3 alerts in the same incident"},
		"its alerts moved":  {[]workbench.Sibling{moved}, nil, ""},
		"it has no alerts":  {[]workbench.Sibling{empty}, nil, ""},
		"another product":   {[]workbench.Sibling{identity}, nil, ""},
		"a device is known": {[]workbench.Sibling{endpoint}, []workbench.Untrusted{workbench.Text("FIN-LT-204")}, ""},
	} {
		var s workbench.Story
		s.Head.Product = workbench.ProductOffice365
		s.Alerts = []workbench.Alert{{ID: "a", DeviceNames: c.devices}}
		s.Siblings = c.siblings
		devices := story.NewOverview(story.Input{Story: s}).Mail[2]
		got := ""
		for _, step := range devices.Next {
			got += step.Text
		}
		if got != c.want || devices.Known != (c.devices != nil) {
			t.Errorf("%s: got %q, known %v, want %q", name, got, devices.Known, c.want)
		}
	}
}
