// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

package main

import (
	"io"
	"net"
	"sync/atomic"
	"time"
)

const (
	connections = 64
	message     = 64
)

var networkRows = []row{{name: "netpoll_echo", run: netpollEcho}}

// netpollEcho leaves its goroutines to the end of the process.
func netpollEcho(name string, reps int) []metric {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	orDie(err)
	go func() {
		for {
			conn, err := listener.Accept()
			orDie(err)
			go echo(conn)
		}
	}()
	var requests atomic.Int64
	for range connections {
		conn, err := net.Dial("tcp", listener.Addr().String())
		orDie(err)
		go func() {
			for text := make([]byte, message); ; requests.Add(1) {
				_, err := conn.Write(text)
				orDie(err)
				_, err = io.ReadFull(conn, text)
				orDie(err)
			}
		}()
	}
	time.Sleep(200 * time.Millisecond) // Warms up.
	m := metric{Name: name, Unit: "req/s"}
	for range reps {
		begin, before := time.Now(), requests.Load()
		time.Sleep(400 * time.Millisecond)
		done := float64(requests.Load() - before)
		m.Values = append(m.Values, done/time.Since(begin).Seconds())
	}
	return []metric{m}
}

func echo(conn net.Conn) {
	for text := make([]byte, message); ; {
		if _, err := io.ReadFull(conn, text); err != nil {
			return
		}
		if _, err := conn.Write(text); err != nil {
			return
		}
	}
}
