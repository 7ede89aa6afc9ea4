package workbench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
)

// madeAt is a certificate of the workbench's as it is when it was just made.
func madeAt(id string, now workbench.Time) workbench.Credential {
	return workbench.Credential{ID: id, Kind: workbench.CertificateCredential, Made: true, Certificate: []byte(id), Sealed: []byte("sealed " + id), MadeAt: now,
		NotBefore: workbench.At(now.Add(-workbench.ClockLeeway)), NotAfter: workbench.At(now.AddDate(0, workbench.CertificateMonths, 0))}
}

func moment(text string) workbench.Time {
	at, ok := workbench.ParseTime(text)
	if !ok {
		panic(text)
	}
	return at
}

func TestRegistrationDue(t *testing.T) {
	begin := moment("2026-01-01T00:00:00Z")
	end := madeAt("a", begin).NotAfter
	before := func(d time.Duration) workbench.Time { return workbench.At(end.Add(-d)) }
	const day = 24 * time.Hour
	active := workbench.Registration{}.Offer(madeAt("a", begin)).Accepted("a", begin)
	brought := madeAt("b", begin)
	brought.Made = false
	secret := workbench.Credential{ID: "s", Kind: workbench.SecretCredential, NotAfter: end}
	renewing := active.Offer(madeAt("n", before(7*day)))
	refused := &workbench.Fault{Reason: workbench.ReasonKeyPolicy}
	lost := &workbench.Fault{Reason: workbench.ReasonUnreachable}

	for _, test := range []struct {
		name string
		reg  workbench.Registration
		now  workbench.Time
		want workbench.Step
	}{
		{"nothing there", workbench.Registration{}, begin, workbench.Step{Kind: workbench.StepMake, At: begin}},
		{"the first is tried at once", workbench.Registration{}.Offer(madeAt("a", begin)), begin, workbench.Step{Kind: workbench.StepTry, Credential: "a", At: begin}},
		{"and again a little later", workbench.Registration{}.Offer(madeAt("a", begin)).Refused("a", begin), begin, workbench.Step{At: workbench.At(begin.Add(15 * time.Second))}},
		{"an offered one that ended", workbench.Registration{}.Offer(madeAt("a", begin)), end, workbench.Step{Kind: workbench.StepForget, Credential: "a", At: end}},
		{"works, nothing for months", active, begin, workbench.Step{At: before(7*day - workbench.ClockLeeway)}},
		{"a pair before all", active, before(7*day - workbench.ClockLeeway), workbench.Step{Kind: workbench.StepMake, At: before(7*day - workbench.ClockLeeway)}},
		{"then addKey", renewing, before(6*day + 20*time.Hour), workbench.Step{Kind: workbench.StepAdd, Credential: "n", Proof: "a", At: before(7*day - workbench.ClockLeeway)}},
		{"after a crash the key is tried first", renewing.Adding("n", before(6*day+20*time.Hour)), before(6*day + 19*time.Hour),
			workbench.Step{Kind: workbench.StepTry, Credential: "n", At: before(6*day + 19*time.Hour)}},
		{"and then added again", renewing.Adding("n", before(6*day+20*time.Hour)).Refused("n", before(6*day+19*time.Hour)), before(6*day + 19*time.Hour),
			workbench.Step{Kind: workbench.StepAdd, Credential: "n", Proof: "a", At: before(6*day + 20*time.Hour - 20*time.Minute)}},
		{"a lost answer likewise", renewing.Adding("n", before(6*day+20*time.Hour)).RenewalFailed(lost, before(6*day+20*time.Hour)), before(6*day + 20*time.Hour),
			workbench.Step{Kind: workbench.StepTry, Credential: "n", At: before(6*day + 20*time.Hour)}},
		{"added, and tried", renewing.Added("n", "k", before(6*day+19*time.Hour)), before(6*day + 19*time.Hour),
			workbench.Step{Kind: workbench.StepTry, Credential: "n", At: before(6*day + 19*time.Hour)}},
		{"tried however long ago it was added", renewing.Added("n", "k", before(6*day)), workbench.At(end.Add(day)),
			workbench.Step{Kind: workbench.StepTry, Credential: "n", At: workbench.At(end.Add(day))}},
		{"refused: somebody may have uploaded it", renewing.Adding("n", before(6*day)).RenewalFailed(refused, before(6*day)), before(6 * day),
			workbench.Step{Kind: workbench.StepTry, Credential: "n", At: before(6 * day)}},
		{"refused, tried in vain: people are told", renewing.Adding("n", before(6*day)).RenewalFailed(refused, before(6*day)).Refused("n", before(6*day)), before(6 * day),
			workbench.Step{Kind: workbench.StepWarn, Credential: "a", Days: 6, At: before(6 * day)}},
		{"told once", renewing.RenewalFailed(refused, before(6*day)).Refused("n", before(6*day)).Warn(6), before(6 * day), workbench.Step{At: workbench.At(before(6 * day).Add(15 * time.Second))}},
		{"after the end nothing can be added", renewing.RenewalFailed(refused, end).Refused("n", end).Warn(1), end, workbench.Step{At: workbench.At(end.Add(15 * time.Second))}},
		{"ended without a pair", active.Warn(1), end, workbench.Step{Kind: workbench.StepMake, At: before(7*day - workbench.ClockLeeway)}},
		{"the old one stays a day and the clock's leeway", renewing.Added("n", "k", before(6*day)).Accepted("n", before(6*day)), before(6 * day),
			workbench.Step{At: workbench.At(before(6 * day).Add(day + 20*time.Minute))}},
		{"an old one without id is forgotten", renewing.Accepted("n", before(6*day)), before(4 * day),
			workbench.Step{Kind: workbench.StepForget, Credential: "a", At: workbench.At(before(6 * day).Add(day + 20*time.Minute))}},
		{"an old one with an id is removed", active.Added("a", "k", begin).Offer(madeAt("n", before(6*day))).Accepted("n", before(6*day)), before(4 * day),
			workbench.Step{Kind: workbench.StepRemove, Credential: "a", Proof: "n", At: workbench.At(before(6 * day).Add(day + 20*time.Minute))}},
		{"a brought one is not renewed", workbench.Registration{}.Offer(brought).Accepted("b", begin), before(6*day + time.Hour), workbench.Step{At: before(6 * day)}},
		{"but warned about", workbench.Registration{}.Offer(brought).Accepted("b", begin).Warn(6), before(2 * day),
			workbench.Step{Kind: workbench.StepWarn, Credential: "b", Days: 3, At: before(3 * day)}},
		{"a brought one that ended", workbench.Registration{}.Offer(brought).Accepted("b", begin).Warn(1), end, workbench.Step{}},
		{"a secret likewise", workbench.Registration{}.Offer(secret).Accepted("s", begin), before(6 * day), workbench.Step{Kind: workbench.StepWarn, Credential: "s", Days: 6, At: before(6 * day)}},
		{"of missed warnings the last", workbench.Registration{}.Offer(secret).Accepted("s", begin), before(time.Hour), workbench.Step{Kind: workbench.StepWarn, Credential: "s", Days: 1, At: before(day)}},
		{"a wait that no clock can have meant", workbench.Registration{}.Offer(madeAt("a", begin)).Refused("a", workbench.At(begin.AddDate(30, 0, 0))), begin,
			workbench.Step{Kind: workbench.StepTry, Credential: "a", At: begin}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.reg.Due(test.now)); diff != "" {
				t.Errorf("got another step (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRegistrationChangesLeaveTheOldOne(t *testing.T) {
	at := moment("2026-01-01T00:00:00Z")
	r := workbench.Registration{}.Offer(madeAt("a", at)).Accepted("a", at).Offer(madeAt("b", at))
	before := fmt.Sprintf("%+v", r)
	r.Offer(madeAt("c", at))
	r.Adding("b", at).RenewalFailed(&workbench.Fault{Reason: workbench.ReasonThrottled}, at)
	r.Added("b", "k", at).Accepted("b", at).Removed("a")
	r.Refused("b", at).Warn(3)
	r.Removed("b")
	if got := fmt.Sprintf("%+v", r); got != before {
		t.Errorf("a change reached back:\n got %s\nwant %s", got, before)
	}
}

func TestRegistrationKeepsWhatIsNeeded(t *testing.T) {
	at := moment("2026-01-01T00:00:00Z")
	r := workbench.Registration{}.Offer(madeAt("active", at)).Accepted("active", at).Offer(madeAt("added", at)).Added("added", "k", at)
	for i := range 2 * workbench.MaxCredentials {
		r = r.Offer(madeAt(fmt.Sprint("more", i), at))
	}
	if got := len(r.Credentials); got != workbench.MaxCredentials {
		t.Errorf("got %d credentials, want %d", got, workbench.MaxCredentials)
	}
	kept := map[string]bool{}
	for _, c := range r.Credentials {
		kept[c.ID] = true
	}
	if !kept["active"] || !kept["added"] || !kept["more15"] {
		t.Errorf("got %v, want the active one, the one that Microsoft was given, and the newest", kept)
	}
	if _, ok := r.Removed("active").Active(); !ok {
		t.Error("the active credential was taken out")
	}
}

func TestRenewalWaits(t *testing.T) {
	at := moment("2026-01-01T00:00:00Z")
	for _, test := range []struct {
		fault    workbench.Fault
		failures int
		want     time.Duration
	}{
		{workbench.Fault{Reason: workbench.ReasonUnavailable}, 1, 5 * time.Minute},
		{workbench.Fault{Reason: workbench.ReasonUnavailable}, 3, 20 * time.Minute},
		{workbench.Fault{Reason: workbench.ReasonUnavailable}, 2_000, time.Hour},
		{workbench.Fault{Reason: workbench.ReasonKeyPolicy}, 2_000, 6 * time.Hour},
		{workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: 2 * time.Hour}, 1, 2 * time.Hour},
		{workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: 9_000 * time.Hour}, 1, 24 * time.Hour},
	} {
		r := workbench.Registration{}
		for range test.failures {
			r = r.RenewalFailed(&test.fault, at)
		}
		if got := r.Renewal.NextAt.Sub(at.Time); got != test.want {
			t.Errorf("%s %d times: got %s, want %s", test.fault.Reason, test.failures, got, test.want)
		}
	}
}
