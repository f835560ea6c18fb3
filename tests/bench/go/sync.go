// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import (
	"sync"
	"sync/atomic"
)

const crowd = 8

var syncRows = []row{
	{name: "mutex_uncontended", run: perOp(1, func(n int) {
		var mu sync.Mutex
		for range n {
			mu.Lock()
			mu.Unlock()
		}
	})},
	{name: "mutex_contended", run: perOp(crowd, mutexContended)},
	{name: "rwmutex_read", run: perOp(crowd, func(n int) { readersWriters(n, n+1) })},
	{name: "rwmutex_mixed", run: perOp(crowd, func(n int) { readersWriters(n, 10) })},
	{name: "waitgroup_add_done", run: perOp(1, func(n int) {
		var group sync.WaitGroup
		for range n {
			group.Add(1)
			group.Done()
		}
	})},
	{name: "once_fastpath", run: perOp(1, func(n int) {
		var once sync.Once
		nothing := func() {}
		for range n {
			once.Do(nothing)
		}
	})},
	{name: "atomic_add", run: perOp(1, func(n int) {
		var sum atomic.Int64
		for range n {
			sum.Add(1)
		}
		result.Store(sum.Load())
	})},
	{name: "atomic_add_contended", run: perOp(crowd, func(n int) {
		var sum atomic.Int64
		together(crowd, n, func(_, n int) {
			for range n {
				sum.Add(1)
			}
		})
		result.Store(sum.Load())
	})},
	{name: "cond_pingpong", run: perOp(1, condPingpong)},
	{name: "pool_get_put", run: perOp(crowd, poolGetPut)},
	{name: "syncmap_read_mostly", run: perOp(crowd, mapReadMostly)},
}

func mutexContended(n int) {
	var mu sync.Mutex
	sum := 0
	together(crowd, n, func(_, n int) {
		for range n {
			mu.Lock()
			sum++
			mu.Unlock()
		}
	})
	if sum != n {
		die("the mutex lost an update")
	}
}

// readersWriters: the operations of a goroutine are numbered from 1, and those
// that `every` divides write.
func readersWriters(n, every int) {
	var mu sync.RWMutex
	value := 0
	together(crowd, n, func(_, n int) {
		sum, until := 0, every
		for range n {
			until--
			if until == 0 {
				until = every
				mu.Lock()
				value++
				mu.Unlock()
				continue
			}
			mu.RLock()
			sum += value
			mu.RUnlock()
		}
		result.Store(int64(sum))
	})
}

func condPingpong(n int) {
	var mu sync.Mutex
	mine := [2]*sync.Cond{sync.NewCond(&mu), sync.NewCond(&mu)}
	turn := 0
	together(2, 2*n, func(id, n int) {
		for range n {
			mu.Lock()
			for turn != id {
				mine[id].Wait()
			}
			turn = 1 - id
			mine[turn].Signal()
			mu.Unlock()
		}
	})
}

func poolGetPut(n int) {
	type block [64]byte
	pool := sync.Pool{New: func() any { return new(block) }}
	together(crowd, n, func(_, n int) {
		for range n {
			b := pool.Get().(*block)
			b[0]++
			pool.Put(b)
		}
	})
}

func mapReadMostly(n int) {
	const keys = 1024
	var m sync.Map
	for k := range keys {
		m.Store(k, k)
	}
	together(crowd, n, func(id, n int) {
		x := uint32(id + 1)
		for i := range n {
			x = x*1664525 + 1013904223
			key := int(x >> 22)
			if i%100 == 0 {
				m.Store(key, i)
			} else if _, found := m.Load(key); !found {
				die("the map lost a key")
			}
		}
	})
}
