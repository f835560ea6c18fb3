// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

const (
	buffer = 128
	side   = 4
)

var channelRows = []row{
	{name: "pingpong_unbuffered", run: perOp(1, pingpong)},
	{name: "chan_uncontended", run: perOp(1, func(n int) {
		c := make(chan int, 1)
		for i := range n {
			c <- i
			<-c
		}
	})},
	{name: "chan_buffered_spsc", run: perOp(1, func(n int) { move(n, 1, buffer) })},
	{name: "chan_unbuffered_spsc", run: perOp(1, func(n int) { move(n, 1, 0) })},
	{name: "chan_mpmc", run: perOp(side, func(n int) { move(n, side, buffer) })},
}

func pingpong(n int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for v := range there {
			back <- v
		}
		close(back)
	}()
	for i := range n {
		there <- i
		<-back
	}
	close(there)
	<-back
}

// move takes n integers from senders to as many receivers.
func move(n, senders, capacity int) {
	c := make(chan int, capacity)
	together(2*senders, 2*n, func(id, n int) {
		if id >= senders {
			for range n {
				<-c
			}
			return
		}
		for i := range n {
			c <- i
		}
	})
}
