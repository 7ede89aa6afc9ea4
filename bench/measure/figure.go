package measure

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Figure is what a list of times comes to, in microseconds.
type Figure struct {
	N    int     `json:"n"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Mean float64 `json:"mean"`
	CPU  float64 `json:"cpu"` // mean processor time of one answer, the asking side's included; 0 = not known
}

// NewFigure sums times up. It leaves CPU alone.
func NewFigure(times []time.Duration) Figure {
	f := Figure{N: len(times)}
	if f.N == 0 {
		return f
	}
	sorted := slices.Sorted(slices.Values(times))
	var sum time.Duration
	for _, t := range sorted {
		sum += t
	}
	f.P50, f.P90, f.P99, f.Mean = micros(At(sorted, 50)), micros(At(sorted, 90)), micros(At(sorted, 99)), micros(sum)/float64(f.N)
	return f
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// At is a percentile of a sorted list: the least element that so many of a hundred are not above. The list is not empty.
func At[T any](sorted []T, percentile int) T {
	return sorted[max(0, (len(sorted)*percentile+99)/100-1)]
}

// Pair is the time of one question, by the one that is compared and by the one it is compared with.
type Pair struct{ Own, Other time.Duration }

// Ratio says how many times longer the other takes: the median over rounds of the ratio of medians, with the range in which 95 of 100 such
// medians lie when the questions of each round are drawn anew, and the ratio of the sums of all times.
type Ratio struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Sums   float64 `json:"sums"`
}

// resamples is how often a ratio is drawn anew.
const resamples = 1_000

// NewRatio compares the pairs of each round. Rounds without pairs do not count; without any the ratio is zero.
func NewRatio(rounds [][]Pair) Ratio {
	rounds = slices.DeleteFunc(slices.Clone(rounds), func(r []Pair) bool { return len(r) == 0 })
	if len(rounds) == 0 {
		return Ratio{}
	}
	var own, other time.Duration
	for _, round := range rounds {
		for _, p := range round {
			own, other = own+p.Own, other+p.Other
		}
	}
	r := Ratio{Median: ratio(rounds), Sums: float64(other) / float64(max(own, 1))}
	d := rand.New(rand.NewPCG(1, 2)) // the same data give the same range
	drawn := make([]float64, resamples)
	again := make([][]Pair, len(rounds))
	for i := range drawn {
		for k := range rounds {
			from := rounds[d.IntN(len(rounds))]
			again[k] = again[k][:0]
			for range from {
				again[k] = append(again[k], from[d.IntN(len(from))])
			}
		}
		drawn[i] = ratio(again)
	}
	slices.Sort(drawn)
	r.Low, r.High = drawn[resamples*25/1000], drawn[resamples*975/1000-1]
	return r
}

func ratio(rounds [][]Pair) float64 {
	list := make([]float64, len(rounds))
	for i, round := range rounds {
		own, other := make([]time.Duration, len(round)), make([]time.Duration, len(round))
		for k, p := range round {
			own[k], other[k] = p.Own, p.Other
		}
		slices.Sort(own)
		slices.Sort(other)
		list[i] = float64(At(other, 50)) / float64(max(At(own, 50), 1))
	}
	slices.Sort(list)
	return At(list, 50)
}
