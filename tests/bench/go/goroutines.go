// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import (
	"runtime"
	"sync"
)

const batch = 1000

var goroutineRows = []row{
	{name: "spawn_join", run: perOp(batch, func(n int) {
		for range n / batch {
			spawn(batch)
		}
	})},
	{name: "spawn_many", run: func(name string, reps int) []metric {
		const count = 1_000_000
		m := metric{Name: name, Unit: "ns"}
		for range reps {
			m.Values = append(m.Values, float64(clock(func() { spawn(count) }))/count)
		}
		return []metric{m}
	}},
	{name: "gosched", run: perOp(2, func(n int) {
		together(2, n, func(_, n int) {
			for range n {
				runtime.Gosched()
			}
		})
	})},
}

func spawn(count int) {
	var all sync.WaitGroup
	all.Add(count)
	for range count {
		go all.Done()
	}
	all.Wait()
}
