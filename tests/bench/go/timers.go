// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import (
	"math/rand"
	"slices"
	"sync"
	"syscall"
	"time"
)

var timerRows = []row{
	{name: "timers", run: timers},
	{name: "timer_latency", run: timerLatency},
}

func timers(name string, reps int) []metric {
	const sleepers, longest = 100_000, 100 * time.Millisecond
	over := metric{Name: name + "_over_ideal", Unit: "ms"}
	used := metric{Name: name + "_cpu", Unit: "ms"}
	for range reps {
		random := rand.New(rand.NewSource(1))
		var cpu time.Duration
		took := clock(func() {
			cpu = -cpuTime()
			var all sync.WaitGroup
			all.Add(sleepers)
			for range sleepers {
				d := time.Duration(1000+random.Intn(99_001)) * time.Microsecond
				go func() {
					time.Sleep(d)
					all.Done()
				}()
			}
			all.Wait()
			cpu += cpuTime()
		})
		over.Values = append(over.Values, inMs(took-longest))
		used.Values = append(used.Values, inMs(cpu))
	}
	return []metric{over, used}
}

func timerLatency(name string, reps int) []metric {
	p50 := metric{Name: name + "_p50", Unit: "us"}
	p99 := metric{Name: name + "_p99", Unit: "us"}
	for range reps {
		late := make([]float64, 500)
		for i := range late {
			begin := time.Now()
			time.Sleep(time.Millisecond)
			late[i] = inUs(time.Since(begin) - time.Millisecond)
		}
		slices.Sort(late)
		p50.Values = append(p50.Values, late[250])
		p99.Values = append(p99.Values, late[495])
	}
	return []metric{p50, p99}
}

// cpuTime is of the whole process, user and system.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	orDie(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
