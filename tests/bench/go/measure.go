// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// perOp measures body(n) in nanoseconds for each of its n operations. It takes
// so many, a multiple of unit, that a repetition lasts about 150 ms.
func perOp(unit int, body func(n int)) func(string, int) []metric {
	const goal = 150 * time.Millisecond
	return func(name string, reps int) []metric {
		n := unit
		for {
			took := clock(func() { body(n) })
			if 3*took >= 2*goal {
				break
			}
			factor := min(100, float64(goal)/float64(max(took, 1)))
			n = max(n/unit+1, int(float64(n)*factor)/unit) * unit
		}
		m := metric{Name: name, Unit: "ns"}
		for range reps {
			took := clock(func() { body(n) })
			m.Values = append(m.Values, float64(took)/float64(n))
		}
		return []metric{m}
	}
}

// wholeMs measures body in milliseconds.
func wholeMs(body func()) func(string, int) []metric {
	return func(name string, reps int) []metric {
		m := metric{Name: name, Unit: "ms"}
		for range reps {
			m.Values = append(m.Values, inMs(clock(body)))
		}
		return []metric{m}
	}
}

// clock times body. The garbage of what came before is not its fault; its own
// collections count.
func clock(body func()) time.Duration {
	runtime.GC()
	return clockOnly(body)
}

func clockOnly(body func()) time.Duration {
	begin := time.Now()
	body()
	return time.Since(begin)
}

// together runs body in g goroutines, n/g operations each.
func together(g, n int, body func(id, n int)) {
	var all sync.WaitGroup
	all.Add(g)
	for id := range g {
		go func() {
			body(id, n/g)
			all.Done()
		}()
	}
	all.Wait()
}

// result keeps what the compiler might else leave out.
var result atomic.Int64

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	upper := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[upper-1] + sorted[upper]) / 2
	}
	return sorted[upper]
}

func inMs(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
func inUs(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
