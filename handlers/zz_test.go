package handlers_test
import ("testing";"net/http";"net/http/httptest";"os/exec")
func TestZZ(t *testing.T){
 s:=newTenantry(t,120,plainName)
 shot:=func(s *stack, path, out string, size string){
  srv:=httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,r *http.Request){ r.Host="localhost:8080"; if s.cookie!=nil {r.AddCookie(s.cookie)}; s.server.ServeHTTP(w,r)}))
  defer srv.Close()
  b,err:=exec.Command("chromium","--headless","--no-sandbox","--disable-gpu","--hide-scrollbars","--window-size="+size,"--virtual-time-budget=3000","--screenshot="+out,srv.URL+path).CombinedOutput()
  if err!=nil{t.Log(err,string(b))}
 }
 shot(s,"/connectors?status=error","/tmp/h/table.png","1400,600")
 shot(s,"/connectors","/tmp/h/table_s.png","420,900")
}
