package entra

import (
	"context"
	"errors"
	"sync"
	"time"

	"workbench"
)

// Tokens keeps the token of one registration in one tenant, for any number of callers. Entra is asked once, whoever else waits for the same
// answer; each waits for as long as its own context lets it. It is safe for concurrent use.
type Tokens struct {
	ask func(context.Context) (Token, error)
	now func() time.Time

	mu      sync.Mutex
	token   Token
	renew   time.Time // when the token is replaced, if that works
	flight  *flight
	refusal *workbench.Fault // while Microsoft asked to wait
	until   time.Time
}

// flight is a request under way.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	token   Token
	err     error
}

// The times of tokens.
const (
	lastMinute = time.Minute      // before its end a token is not given out any more
	breath     = 30 * time.Second // between tries to replace a token that is still good
)

// NewTokens makes an empty one. ask asks Entra; its context ends when nobody waits any more.
func NewTokens(ask func(context.Context) (Token, error), now func() time.Time) *Tokens {
	return &Tokens{ask: ask, now: now}
}

// Token returns a token that is good for at least a minute, or nearly so where Microsoft gives shorter ones. It is replaced after 80 % of its
// life; where that fails while it is still good, it is returned all the same. While Microsoft asks to wait, Token fails without asking.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	now := t.now()
	if t.token.Access != "" && now.Before(t.renew) {
		defer t.mu.Unlock()
		return t.token.Access, nil
	}
	if err := ctx.Err(); err != nil {
		t.mu.Unlock()
		return "", err
	}
	if t.flight == nil && t.refusal != nil && now.Before(t.until) {
		defer t.mu.Unlock()
		if t.good(now) {
			return t.token.Access, nil
		}
		wait := *t.refusal
		wait.RetryAfter = t.until.Sub(now)
		return "", &wait
	}
	f := t.flight
	if f == nil {
		f = t.take(ctx)
	}
	f.waiting++
	t.mu.Unlock()

	select {
	case <-f.done:
	case <-ctx.Done():
		t.leave(f)
		return "", ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.err != nil {
		if now := t.now(); t.good(now) {
			return t.token.Access, nil
		}
		return "", f.err
	}
	return f.token.Access, nil
}

// take begins a request. The mutex is held.
func (t *Tokens) take(ctx context.Context) *flight {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{done: make(chan struct{}), cancel: cancel}
	t.flight = f
	go func() {
		defer cancel()
		token, err := t.ask(ctx)
		t.land(f, token, err)
	}()
	return f
}

// land keeps what a request brought, unless it was given up meanwhile.
func (t *Tokens) land(f *flight, token Token, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f.token, f.err = token, err
	close(f.done)
	if t.flight != f {
		return
	}
	t.flight = nil
	now := t.now()
	if err == nil {
		t.token, t.refusal = token, nil
		t.renew = now.Add(token.Expires.Sub(now) * 4 / 5)
		return
	}
	var fault *workbench.Fault
	if errors.As(err, &fault) && fault.RetryAfter > 0 {
		copied := *fault
		t.refusal, t.until = &copied, now.Add(fault.RetryAfter)
	}
	if t.good(now) {
		t.renew = now.Add(breath)
	}
}

// leave is for a caller that waits no more. The request ends with the last.
func (t *Tokens) leave(f *flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		if t.flight == f {
			t.flight = nil
		}
	}
}

// good reports whether the token can still be used. The mutex is held.
func (t *Tokens) good(now time.Time) bool {
	return t.token.Access != "" && now.Before(t.token.Expires.Add(-lastMinute))
}

// Refuse drops a token that Graph refused, and no other.
func (t *Tokens) Refuse(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if token != "" && t.token.Access == token {
		t.token, t.renew = Token{}, time.Time{}
	}
}

// Flush drops the token, and what a request under way will bring: those who wait for it get it, those who come later do not.
func (t *Tokens) Flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.renew, t.flight = Token{}, time.Time{}, nil
}
