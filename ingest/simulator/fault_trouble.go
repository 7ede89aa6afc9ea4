package simulator

// Trouble is a way in which an answer can be wrong.
type Trouble string

// What can go wrong.
const (
	Throttle       Trouble = "throttle"
	ThrottleMidway Trouble = "throttle-midway"
	Failing        Trouble = "failing"
	FailingExpand  Trouble = "failing-expand"
	Unavailable    Trouble = "unavailable"
	GatewayTimeout Trouble = "gateway-timeout"
	EmptyCode      Trouble = "empty-code"
	Unauthorized   Trouble = "unauthorized"
	Revoked        Trouble = "revoked"
	HTML           Trouble = "html"
	Redirect       Trouble = "redirect"
	Slow           Trouble = "slow"
	Cut            Trouble = "cut"
	Lost           Trouble = "lost"
	WrongLength    Trouble = "wrong-length"
	GzipCut        Trouble = "gzip-cut"
	ByteOrderMark  Trouble = "bom"
	EmptyValue     Trouble = "empty-value"
	NoValue        Trouble = "no-value"
	Partial        Trouble = "partial"
	ShortPages     Trouble = "short-pages"
	EmptyPages     Trouble = "empty-pages"
	Duplicates     Trouble = "duplicates"
	Shift          Trouble = "shift"
	Stir           Trouble = "stir"
	NextForeign    Trouble = "next-foreign"
	NextLoop       Trouble = "next-loop"
	NextEndless    Trouble = "next-endless"
	ClockSkew      Trouble = "clock-skew"
)

// TroubleKind describes a trouble to a person.
type TroubleKind struct {
	Trouble Trouble
	Says    string
	N, Text string // what these of a Fault mean; "" = nothing
}

// Troubles are all that can go wrong. The caller owns the list.
func Troubles() []TroubleKind {
	return []TroubleKind{
		{Throttle, "429, too many requests", "", "Retry-After: seconds as they shall stand there, or date:SECONDS for a date so far ahead; empty = none"},
		{ThrottleMidway, "200 that turns into a 429 after the first byte of the body", "", ""},
		{Failing, "500, internal server error", "", ""},
		{FailingExpand, "500 whenever alerts are expanded and an incident has more than N", "alerts; 0 = 100", ""},
		{Unavailable, "503, service unavailable", "", "Retry-After, as for throttling"},
		{GatewayTimeout, "504 with a gateway's page", "", ""},
		{EmptyCode, "an error with an empty code and message", "status; 0 = 500", ""},
		{Unauthorized, "401, the token is expired", "", ""},
		{Revoked, "403, no application roles, as when the consent was taken back", "", ""},
		{HTML, "200 with the page of a proxy", "", ""},
		{Redirect, "302 to another host", "", "address; empty = one that does not exist"},
		{Slow, "the first byte at once, the rest later", "seconds; 0 = never", ""},
		{Cut, "the connection breaks within the body", "bytes that arrive; 0 = half", ""},
		{Lost, "the request takes effect, and the connection breaks before the answer", "", ""},
		{WrongLength, "a Content-Length that is off", "bytes too many, or negative: too few; 0 = 1", ""},
		{GzipCut, "a compressed body that ends early", "", ""},
		{ByteOrderMark, "a byte order mark before the body", "", ""},
		{EmptyValue, "an empty list, as if there were nothing", "", ""},
		{NoValue, "a list without the member value", "", ""},
		{Partial, "206 with a warning, half of the items missing", "", ""},
		{ShortPages, "pages of N items", "items; 0 = 1", ""},
		{EmptyPages, "an empty page before each page", "", ""},
		{Duplicates, "each page begins with the last item of the page before", "", ""},
		{Shift, "pages are counted by $skip, so that changes while reading shift them", "", ""},
		{Stir, "the first item of a page is changed just after the page was given", "", ""},
		{NextForeign, "a nextLink to another host", "", "host; empty = one that does not exist"},
		{NextLoop, "a nextLink to the page itself", "", ""},
		{NextEndless, "so many empty pages after the first", "pages; 0 = 10,000", ""},
		{ClockSkew, "a Date header that is off", "seconds ahead, or negative: behind", ""},
	}
}

// expandLimit is from how many alerts on Microsoft fails to expand them, unless a fault says otherwise.
const expandLimit = 100
