package msgraph

import (
	"context"
	"errors"
	"net/url"
	"time"

	"workbench"
)

// question is one thing to ask of Microsoft, as often as needed.
type question struct {
	url   *url.URL
	check func(body []byte) error // that an answer is whole; called for each answer with status 200
	heavy int                     // how many times 500, 504 or no answer at all are taken before it is given up
	left  *int                    // tries that are left, together with those of other questions; nil = as many as the Limits say
}

// get asks until there is a whole answer, or a refusal that stays. Its errors are a *refusal, a *workbench.Fault, those of the token
// source, or that of a context that was cancelled.
func (c *Client) get(ctx context.Context, q question) (answer, error) {
	left := c.attempts
	if q.left == nil {
		q.left = &left
	}
	var last *refusal
	for tries, heavy, refused := 1, 0, false; ; {
		token, err := c.turn(ctx)
		if err != nil {
			return answer{}, c.untold(ctx, last, err)
		}
		got, r := c.try(ctx, q, token, tries)
		c.leave()
		if r == nil {
			return got, nil
		}
		if ctx.Err() != nil {
			return answer{}, ended(ctx, r.fault)
		}
		last = r
		if r.token && !refused { // a token that is no longer taken costs no try
			c.tokens.Refuse(token)
			refused = true
			continue
		}
		refused = false
		*q.left--
		if r.heavy {
			heavy++
		}
		if !r.again || tries >= c.attempts || *q.left <= 0 || r.heavy && heavy >= q.heavy {
			return answer{}, r
		}
		if r.gated { // the gate is closed for as long as the next try has to wait
			tries++
			continue
		}
		if c.rest(ctx, tries) != nil {
			return answer{}, ended(ctx, r.fault)
		}
		tries++
	}
}

// rest waits between two tries.
func (c *Client) rest(ctx context.Context, tries int) error {
	began := time.Now()
	defer func() { c.tally(func(u *Usage) { u.Waited += time.Since(began) }) }()
	return pause(ctx, c.backoff(tries))
}

// untold prefers what Microsoft said last to the error of a request that did not go out because the time of its context ran out.
func (c *Client) untold(ctx context.Context, last *refusal, err error) error {
	if last != nil && last.fault.Reason != workbench.ReasonThrottled && errors.Is(err, context.DeadlineExceeded) {
		return ended(ctx, last.fault)
	}
	return err
}

// backoff is how long to wait before the next try where Microsoft did not say: anything up to 1 s, 2 s, 4 s and so on to 60 s, so that
// clients that failed together don't come back together.
func (c *Client) backoff(tries int) time.Duration {
	most := time.Minute
	if tries < 7 {
		most = min(most, time.Second<<(tries-1))
	}
	return time.Duration(c.random() * float64(most))
}
