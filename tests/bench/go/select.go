// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

var selectRows = []row{
	{name: "select2_ready", run: perOp(1, selectReady)},
	{name: "select_default", run: perOp(1, selectDefault)},
	{name: "select4_pingpong", run: perOp(1, selectPingpong)},
}

func selectReady(n int) {
	a, b := make(chan int, 1), make(chan int, 1)
	b <- 0
	for range n {
		select {
		case v := <-a:
			b <- v
		case v := <-b:
			a <- v
		}
	}
}

func selectDefault(n int) {
	empty := make(chan int, 1)
	for range n {
		select {
		case <-empty:
			die("received from an empty channel")
		default:
		}
	}
}

func selectPingpong(n int) {
	type four [4]chan int
	make4 := func() (f four) {
		for i := range f {
			f[i] = make(chan int)
		}
		return f
	}
	there, back := make4(), make4()
	any := func(from *four) int {
		select {
		case v := <-from[0]:
			return v
		case v := <-from[1]:
			return v
		case v := <-from[2]:
			return v
		case v := <-from[3]:
			return v
		}
	}
	together(2, 2*n, func(id, n int) {
		if id == 0 {
			for i := range n {
				there[i%4] <- i
				any(&back)
			}
			return
		}
		for range n {
			v := any(&there)
			back[v%4] <- v
		}
	})
}
