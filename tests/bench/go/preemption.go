// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import "runtime"

var preemptionRows = []row{{name: "preempt_latency", run: preemptLatency, procs: 1}}

func preemptLatency(name string, reps int) []metric {
	go func() {
		for {
		}
	}()
	m := metric{Name: name, Unit: "ms"}
	for range reps {
		waits := make([]float64, 20)
		for i := range waits {
			waits[i] = inMs(clockOnly(runtime.Gosched))
		}
		m.Values = append(m.Values, median(waits))
	}
	return []metric{m}
}
