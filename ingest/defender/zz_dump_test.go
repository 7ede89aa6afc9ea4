package defender_test
import ("testing";"fmt";"encoding/json";"os")
func TestDump(t *testing.T){
 for _, n := range samples(t) {
  w := (&world{}).add(t, string(sample(t,n)))
  for _, c := range w.derive() {
   fmt.Println(n, c.ID, c.Product, c.IncidentID, "crit", c.Criticality, c.Severity, "alerts", c.AlertCount, c.DeviceCount, c.UserCount, c.MailboxCount, "trees", len(c.ProcessTrees), "ev", c.Evidence.Count(), "ents", len(c.Entities), "tl", len(c.Timeline), c.IncidentURL)
   fmt.Println("    ", c.Summary)
   b,_ := json.MarshalIndent(c,""," "); os.WriteFile("/tmp/dump_"+string(c.ID)+".json", b, 0600)
  }
 }
}
