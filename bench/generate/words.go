package generate

// product is a product by its service source and its share of the stories.
type product struct {
	source string
	share  int // of a hundred
}

var products = []product{{"microsoftDefenderForEndpoint", 38}, {"microsoftDefenderForOffice365", 24}, {"microsoftDefenderForIdentity", 10}, {"microsoftDefenderForCloudApps", 9},
	{"microsoft365Defender", 8}, {"azureAdIdentityProtection", 6}, {"dataLossPrevention", 3}, {"microsoftDefenderForCloud", 2}}

// severities are Microsoft's words with the criticalities that go with them, lowest and highest.
var severities = []struct {
	word      string
	share     int
	low, high int
}{{"high", 14, 5, 10}, {"medium", 34, 3, 8}, {"low", 36, 2, 6}, {"informational", 14, 1, 3}, {"unknown", 2, 1, 4}}

var (
	doings = []string{"Suspicious", "Unusual", "Possible", "Multi-stage", "Hidden", "Blocked", "Repeated", "Anomalous", "Encoded", "Unsigned", "First-time", "Impossible", "Dormant", "Mass",
		"Off-hours", "Failed", "Rare", "Remote", "Privileged", "External", "Automated", "Forged", "Stolen", "Malformed", "Unexpected", "Known", "Targeted", "Persistent", "Scripted", "Nested"}
	things = []string{"PowerShell command line", "credential access", "sign-in properties", "mailbox rule", "process injection", "service installation", "scheduled task", "DNS tunnel",
		"phishing message", "file encryption", "token replay", "lateral movement", "Kerberos ticket", "data upload", "registry change", "browser extension", "remote shell", "account creation",
		"consent grant", "macro document", "driver load", "archive extraction", "web shell", "container escape", "group change", "inbox forwarding", "link click", "backup deletion", "LSASS read", "port scan",
		"password spray", "beaconing", "shadow copy removal", "script download", "USB write", "certificate request", "OAuth application", "admin share", "host discovery", "log clearing"}
	places     = []string{"on one endpoint", "on multiple endpoints", "reported by one source", "involving one user", "involving multiple users"}
	firstNames = []string{"anna", "ben", "carla", "david", "elena", "felix", "greta", "hugo", "ines", "jonas", "kim", "lena", "marco", "nora", "oskar", "paula", "quinn", "rosa", "sven", "tara", "ute", "viktor",
		"wanda", "xenia", "yusuf", "zoe"}
	lastNames = []string{"albers", "becker", "conti", "dubois", "eriksen", "fischer", "garcia", "haddad", "ivanov", "jensen", "kowalski", "lindgren", "moreau", "novak", "okafor", "petrov", "quist", "rossi", "schmidt",
		"tanaka", "ueda", "vogel", "weber", "xu", "yilmaz", "zhang"}
	machines = []string{"laptop", "desktop", "srv", "vm", "kiosk", "build"}
	programs = []string{"powershell.exe", "cmd.exe", "rundll32.exe", "wscript.exe", "mshta.exe", "svchost.exe", "winword.exe", "python.exe", "bash", "curl", "certutil.exe", "schtasks.exe"}
	folders  = []string{`C:\Users\Public\`, `C:\Windows\System32\`, `C:\ProgramData\`, `C:\Windows\Temp\`, `/tmp/`, `/usr/local/bin/`}
	switches = []string{"-NoProfile -ExecutionPolicy Bypass -EncodedCommand ", "/c start /min ", "-k netsvcs -p -s ", "-urlcache -split -f http://", "/create /tn updater /tr ", "-o /dev/shm/", "--silent --connect "}
	tlds     = []string{"example", "example.com", "example.net", "example.org", "test"}
	labelled = []string{"vip", "phishing", "ransomware", "false-alarm", "tuning", "customer-informed", "waiting-for-it", "legal", "night-shift", "repeat", "red-team", "escalated"}
)
