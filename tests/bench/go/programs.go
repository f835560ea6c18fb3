// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

var programRows = []row{
	{name: "skynet", run: wholeMs(func() {
		top := make(chan int)
		go skynet(top, 0, 1_000_000)
		if <-top != 499_999_500_000 {
			die("skynet's sum is wrong")
		}
	})},
	{name: "sieve", run: wholeMs(sieve)},
	{name: "fib", run: wholeMs(func() {
		if fib(27) != 196_418 {
			die("fib is wrong")
		}
	})},
}

func skynet(parent chan<- int, first, leaves int) {
	if leaves == 1 {
		parent <- first
		return
	}
	const fanOut = 10
	part := leaves / fanOut
	answers := make(chan int)
	for i := range fanOut {
		go skynet(answers, first+i*part, part)
	}
	sum := 0
	for range fanOut {
		sum += <-answers
	}
	parent <- sum
}

func sieve() {
	const primes, last = 2000, 17389
	source := make(chan int)
	go func() {
		for i := 2; i <= last; i++ {
			source <- i
		}
		close(source)
	}()
	numbers, prime := source, 0
	for range primes {
		prime = <-numbers
		left := make(chan int)
		go strike(numbers, left, prime)
		numbers = left
	}
	if _, more := <-numbers; more || prime != last {
		die("the sieve is wrong")
	}
}

// strike passes on what prime does not divide.
func strike(in <-chan int, out chan<- int, prime int) {
	for v := range in {
		if v%prime != 0 {
			out <- v
		}
	}
	close(out)
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	c := make(chan int, 1)
	go func() { c <- fib(n - 1) }()
	b := fib(n - 2)
	return b + <-c
}
