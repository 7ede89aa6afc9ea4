package msgraph

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"workbench"
)

// gate is closed while Microsoft asks this application to wait in this tenant: no request of the client goes out.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// close keeps the gate closed until a moment, or longer where it is already.
func (g *gate) close(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.Before(until) {
		g.until = until
	}
}

// closedUntil says when the gate opens; zero where it is open.
func (g *gate) closedUntil(now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.until) {
		return g.until
	}
	return time.Time{}
}

// turn waits until a request may go out and returns the token to send with it. It has taken a seat, which the caller gives back with leave.
// The limits count the moment at which the request goes out: what was waited for last is the bucket, and a gate that closed meanwhile
// makes the request wait, and take from the bucket, again.
func (c *Client) turn(ctx context.Context) (string, error) {
	began := time.Now()
	var elsewhere time.Duration // waiting for Microsoft Entra is no limit
	defer func() { c.tally(func(u *Usage) { u.Waited += time.Since(began) - elsewhere }) }()
	if err := c.passGate(ctx); err != nil {
		return "", err
	}
	select {
	case c.seats <- struct{}{}:
	case <-ctx.Done():
		return "", ended(ctx, limited(0))
	}
	for {
		if err := c.passGate(ctx); err != nil {
			c.leave()
			return "", err
		}
		asked := time.Now()
		token, err := c.tokens.Token(ctx)
		elsewhere += time.Since(asked)
		if err != nil {
			c.leave()
			return "", fmt.Errorf("getting a token: %w", err)
		}
		if err := c.passBucket(ctx); err != nil {
			c.leave()
			return "", err
		}
		if c.gate.closedUntil(time.Now()).IsZero() {
			return token, nil
		}
	}
}

// leave gives a seat back.
func (c *Client) leave() { <-c.seats }

// passGate waits while the gate is closed. A wait that is longer than a request is held for, or than its context lasts, is refused at once.
func (c *Client) passGate(ctx context.Context) error {
	for {
		now := time.Now()
		until := c.gate.closedUntil(now)
		if ctx.Err() != nil {
			return ended(ctx, limited(until.Sub(now)))
		}
		if until.IsZero() {
			return nil
		}
		left := until.Sub(now)
		if deadline, ok := ctx.Deadline(); left > longestWait || ok && deadline.Before(until) {
			return limited(left)
		}
		_ = pause(ctx, left) // looks again, at the context too
	}
}

// passBucket waits for our own limit of requests a minute.
func (c *Client) passBucket(ctx context.Context) error {
	r := c.bucket.Reserve()
	if pause(ctx, r.Delay()) != nil {
		r.Cancel()
		return ended(ctx, limited(0))
	}
	return nil
}

// limited is the fault of a request that did not go out because of limits.
func limited(left time.Duration) *workbench.Fault {
	return &workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: max(left, 0), Err: errors.New("the request waits for the limits of Microsoft Graph")}
}

// pause waits, or returns the error of a context that ends before.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ended is the error of a context that ended: as it is where somebody cancelled it, and why it took so long where its time ran out.
func ended(ctx context.Context, why *workbench.Fault) error {
	if why == nil || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	f := *why
	if f.Err = ctx.Err(); why.Err != nil {
		f.Err = fmt.Errorf("%w: %w", why.Err, ctx.Err())
	}
	return &f
}
