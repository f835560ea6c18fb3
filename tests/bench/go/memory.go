// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

var memoryRows = []row{
	{name: "parked_memory_100k", run: parked(100_000), alone: true},
	{name: "parked_memory_1m", run: parked(1_000_000), alone: true},
}

func parked(count int) func(string, int) []metric {
	return func(name string, reps int) []metric {
		m := metric{Name: name, Unit: "B"}
		for range reps {
			gate := make(chan int)
			var started atomic.Int64
			var all sync.WaitGroup
			all.Add(count)
			runtime.GC()
			before := resident()
			for range count {
				go func() {
					started.Add(1)
					<-gate
					all.Done()
				}()
			}
			for started.Load() < int64(count) {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(50 * time.Millisecond) // From started to blocked.
			m.Values = append(m.Values, float64(resident()-before)/float64(count))
			close(gate)
			all.Wait()
		}
		return []metric{m}
	}
}

func resident() int {
	file, err := os.Open("/proc/self/statm")
	orDie(err)
	defer file.Close()
	var total, pages int
	_, err = fmt.Fscan(file, &total, &pages)
	orDie(err)
	return pages * os.Getpagesize()
}
