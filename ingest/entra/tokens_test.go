package entra_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

// mint is an Entra that takes a second, and whose tokens live an hour.
type mint struct {
	asked atomic.Int64
	err   atomic.Pointer[error]
}

func (m *mint) ask(ctx context.Context) (entra.Token, error) {
	n := m.asked.Add(1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return entra.Token{}, ctx.Err()
	}
	if err := m.err.Load(); err != nil {
		return entra.Token{}, *err
	}
	return entra.Token{Access: fmt.Sprint("token", n), Expires: time.Now().Add(time.Hour)}, nil
}

func (m *mint) fail(err error) { m.err.Store(&err) }

func want(t *testing.T, tokens *entra.Tokens, access string) {
	t.Helper()
	if got, err := tokens.Token(t.Context()); got != access || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, access)
	}
}

func TestTokensAskOnceForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tokens := entra.NewTokens(m.ask, time.Now)
		for round := int64(1); round <= 2; round++ {
			var all sync.WaitGroup
			for range 200 {
				all.Go(func() { want(t, tokens, fmt.Sprint("token", round)) })
			}
			all.Wait()
			if n := m.asked.Load(); n != round {
				t.Errorf("got %d requests, want %d", n, round)
			}
			pass(48*time.Minute - time.Nanosecond) // 80 % of an hour
			want(t, tokens, fmt.Sprint("token", round))
			pass(time.Nanosecond)
		}
	})
}

func TestTokensSurviveAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tokens := entra.NewTokens(m.ask, time.Now)
		want(t, tokens, "token1")
		m.fail(errors.New("down"))
		pass(50 * time.Minute)
		want(t, tokens, "token1")
		want(t, tokens, "token1")
		if n := m.asked.Load(); n != 2 {
			t.Errorf("got %d requests, want a second one and then a breath", n)
		}
		pass(10 * time.Minute)
		if got, err := tokens.Token(t.Context()); err == nil {
			t.Errorf("got %q, though it is at its end", got)
		}
		m.err.Store(nil)
		want(t, tokens, "token4")
	})
}

func TestTokensWaitWhenTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		m.fail(&workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: time.Minute})
		tokens := entra.NewTokens(m.ask, time.Now)
		for range 3 {
			if _, err := tokens.Token(t.Context()); reasonOf(err) != workbench.ReasonThrottled {
				t.Errorf("got %v, want that it is throttled", err)
			}
		}
		pass(20 * time.Second)
		_, err := tokens.Token(t.Context())
		if got := workbench.FaultOf(err).RetryAfter; got != 40*time.Second || m.asked.Load() != 1 {
			t.Errorf("got %s to wait and %d requests, want 40 s and one", got, m.asked.Load())
		}
		m.err.Store(nil)
		pass(40 * time.Second)
		want(t, tokens, "token2")
	})
}

func TestTokensCallersLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tokens := entra.NewTokens(m.ask, time.Now)
		hasty, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := tokens.Token(hasty); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the hasty one got %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() { want(t, tokens, "token1") }) // joins the request of the one that leaves
		all.Wait()
		if n := m.asked.Load(); n != 1 {
			t.Errorf("got %d requests, want 1", n)
		}

		tokens.Flush()
		alone, leave := context.WithCancel(t.Context())
		all.Go(func() {
			if _, err := tokens.Token(alone); !errors.Is(err, context.Canceled) {
				t.Errorf("the one that left got %v", err)
			}
		})
		synctest.Wait()
		leave()
		all.Wait()
		want(t, tokens, "token3") // not the request that was given up
		if _, err := tokens.Token(alone); err != nil {
			t.Errorf("a token at hand needs no waiting: %v", err)
		}
	})
}

func TestTokensRefuseAndFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tokens := entra.NewTokens(m.ask, time.Now)
		want(t, tokens, "token1")
		tokens.Refuse("token0")
		tokens.Refuse("")
		want(t, tokens, "token1")
		for range 200 {
			tokens.Refuse("token1")
		}
		want(t, tokens, "token2")
		tokens.Refuse("token1")
		want(t, tokens, "token2")
		tokens.Flush()
		var all sync.WaitGroup
		all.Go(func() { want(t, tokens, "token3") })
		synctest.Wait()
		tokens.Flush() // while the third is under way: who waits for it gets it, and it is not kept
		all.Go(func() { want(t, tokens, "token4") })
		all.Wait()
		want(t, tokens, "token4")
	})
}

// pass lets time pass in a bubble of synctest.
func pass(d time.Duration) { <-time.After(d) }

// A Tokens is what msgraph asks for tokens.
var _ interface {
	Token(context.Context) (string, error)
	Refuse(token string)
} = (*entra.Tokens)(nil)
