// Package msgraph reads incidents and alerts from Microsoft Graph: pages, single incidents, limits, retries. It keeps nothing and does not
// know what the answers mean; it makes sure that they are whole. Every refusal is a *workbench.Fault.
//
// A request waits until Microsoft and the limits allow it (turn.go), goes out once with a fresh token (answer.go), and is either whole
// (envelope.go) or refused (refusal.go); what may pass is asked again (retry.go).
//
// Errors of a context that was cancelled come back as they are. Where the time of a context runs out, the error is the Fault of what the
// request waited for, and wraps context.DeadlineExceeded.
package msgraph

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"workbench"
)

// TokenSource gives access tokens. Token is called for every request; Refuse is told of a token that Graph refused, so that the next call
// of Token gives a fresh one.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
	Refuse(token string)
}

// Limits are what a client asks of Microsoft at most. The zero value is half of what Microsoft publishes: 75 requests a minute, bursts of 10.
type Limits struct {
	PerMinute int
	Burst     int
	Attempts  int // of one request; 0 = 5
}

// What a client keeps to, beside its Limits.
const (
	perMinute     = 75
	burst         = 10
	attempts      = 5
	atOnce        = 4                // requests of a tenant
	incidentsPage = 50               // Microsoft answers 400 to more
	alertsPage    = 500              // Microsoft takes 1,000
	maxPages      = 1_000            // of a list
	maxAnswer     = 64 << 20         // bytes of an answer, unpacked
	maxRefusal    = 64 << 10         // bytes that are read of an answer that is no page
	maxLink       = 32 << 10         // bytes of a link to the next page
	headersWithin = 60 * time.Second // an answer begins
	bodyPause     = 60 * time.Second // a body may stand still
	refusalPause  = 10 * time.Second // a body that only explains a refusal may stand still
	answerWithin  = 10 * time.Minute // an answer is here as a whole
	longestWait   = 15 * time.Minute // that a request is held for; where Microsoft asks for more, the caller waits
	longestAsk    = 24 * time.Hour   // what asks for a longer wait is a mistake, and is asked again once a day
)

// ErrTooLarge is wrapped by the Fault of a request whose answer Microsoft can't give at once: it fails each time with 500 or 504, does not
// answer within a minute, leaves alerts out, or is larger than 64 MiB. Smaller parts can be had: IncidentAlerts, or a shorter Window.
var ErrTooLarge = errors.New("too large to be had at once")

// Client reads one tenant. It is safe for concurrent use.
type Client struct {
	base      *url.URL
	transport http.RoundTripper
	tokens    TokenSource
	attempts  int
	seats     chan struct{} // one is held by each request that is out
	bucket    *rate.Limiter
	gate      gate
	random    func() float64 // at least 0, less than 1
	mu        sync.Mutex
	used      Usage // guarded by mu
}

// New makes a client. base is the Graph address of the cloud; transport must be pinned to it.
func New(base *url.URL, transport http.RoundTripper, tokens TokenSource, limits Limits) *Client {
	l := limits
	if l.PerMinute <= 0 {
		l.PerMinute = perMinute
	}
	if l.Burst <= 0 {
		l.Burst = burst
	}
	if l.Attempts <= 0 {
		l.Attempts = attempts
	}
	return &Client{
		base: base, transport: transport, tokens: tokens, attempts: l.Attempts, random: rand.Float64,
		seats:  make(chan struct{}, atOnce),
		bucket: rate.NewLimiter(rate.Every(time.Minute/time.Duration(l.PerMinute)), l.Burst),
	}
}

// Window is a range of last updates: From included, To not; a zero To is open.
type Window struct{ From, To workbench.Time }

// Page is one page of a list, whole and valid JSON.
type Page struct {
	Body    []byte         // as received, without a byte order mark: {"@odata.context":…,"value":[…]}; it belongs to whoever gets it
	Address string         // path and query that it came from, without tokens
	At      workbench.Time // Microsoft's clock when it answered; zero where it did not say
}

// Listed says how a list ended. With an error it says what came before.
type Listed struct {
	At      workbench.Time // Microsoft's clock at the first answer: what changed before it is in the list; zero where it did not say
	Pages   int
	Items   int
	Missing bool // Microsoft does not know the incident whose alerts were asked for (404)
}

// Single is one incident with its alerts.
type Single struct {
	Body    []byte         // the incident as received, without a byte order mark; it belongs to whoever gets it
	Address string         // path and query that it came from
	At      workbench.Time // Microsoft's clock when it answered; zero where it did not say
	Missing bool           // Microsoft does not know it (404)
}

// Probed is what a probe found.
type Probed struct {
	Empty bool // Microsoft answered, and has no incident
	At    workbench.Time
}
