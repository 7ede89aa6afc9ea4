package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

// quarantined makes a record of some bytes.
func quarantined(tenant workbench.TenantID, bytes string) workbench.Quarantined {
	hash := workbench.Hash(sha256.Sum256([]byte(bytes)))
	return workbench.Quarantined{ID: hex.EncodeToString(hash[:16]), Tenant: tenant, Source: "import", Name: "export.json", Position: 12,
		Length: int64(len(bytes)), Hash: hash, Reason: "is not an object", At: Minute(1), First: []byte(bytes)}
}

func testQuarantine(t *testing.T, open opener) {
	s := open.fresh(t)
	first, second, other := quarantined(TenantB, "z"), quarantined(TenantA, "[1, 2"), quarantined(TenantB, strings.Repeat("\x00\xff", 99))
	add := func(records ...workbench.Quarantined) store.Appended {
		t.Helper()
		done, err := s.Append(ctx, everyone, store.Batch{Quarantined: records, Source: "import", At: Minute(1)})
		if err != nil {
			t.Fatalf("Append: %v", err)
		}
		return done
	}
	if done := add(first, second, first); done.Change != 0 || len(done.Stories) != 0 {
		t.Errorf("got %+v, want no change of stories", done)
	}
	add(other)
	trail := len(mustTrail(t, s))
	add(second)
	if got := len(mustTrail(t, s)); got != trail {
		t.Errorf("a record that is kept: got %d audit entries, want %d", got, trail)
	}
	list, err := s.QuarantinedRecords(ctx, everyone)
	if err != nil {
		t.Fatal(err)
	}
	want := []workbench.Quarantined{first, second, other}
	for i := range want {
		want[i].First = nil
	}
	same(t, "records, oldest first, without bytes", list, want)
	one, err := s.QuarantinedRecord(ctx, everyone, other.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "record with bytes", one, other)
	mustVerify(t, s)

	if err := s.Discard(ctx, everyone, other.ID, workbench.Administrator, Minute(2)); err != nil {
		t.Fatalf("Discard: %v", err)
	}
	if _, err := s.QuarantinedRecord(ctx, everyone, other.ID); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("a discarded record: got %v, want ErrNotFound", err)
	}
	if err := s.Discard(ctx, everyone, other.ID, workbench.Administrator, Minute(2)); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("discarding twice: got %v, want ErrNotFound", err)
	}
	entries := mustTrail(t, s)
	if last := entries[len(entries)-1]; !strings.Contains(last.About, other.Hash.String()) || last.By != workbench.Administrator {
		t.Errorf("audit entry: got %+v, want the hash of the record and who discarded it", last)
	}
}
