// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Command gobench is the Go side of runtime_bench: the same rows with the same
// work, so that compare.sh can set them side by side. What one operation of a
// row is, is said at the C++ function of that row.
//
//	gobench [-procs N] [-filter REGEXP] [-reps N]
//
// prints name, procs, median, minimum and unit, separated by tabs.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// A metric has one value for each repetition.
type metric struct {
	Name   string
	Unit   string
	Values []float64
}

// A row is one benchmark; run repeats it and returns its metrics.
type row struct {
	name  string
	run   func(name string, reps int) []metric
	alone bool // Each repetition in a process of its own.
	procs int  // Not 0: GOMAXPROCS, in place of -procs.
}

func rows() []row {
	return slices.Concat(goroutineRows, channelRows, selectRows, syncRows,
		programRows, timerRows, memoryRows, networkRows, preemptionRows)
}

func main() {
	procs := flag.Int("procs", runtime.NumCPU(), "GOMAXPROCS")
	filter := flag.String("filter", "", "only rows whose name matches this `regexp`")
	reps := flag.Int("reps", 7, "repetitions")
	inside := flag.String("inside", "", "run this row here, for the parent process")
	flag.Parse()

	if *inside != "" {
		for _, r := range rows() {
			if r.name == *inside {
				orDie(json.NewEncoder(os.Stdout).Encode(r.run(r.name, *reps)))
			}
		}
		return
	}
	wanted, err := regexp.Compile(*filter)
	orDie(err)
	for _, r := range rows() {
		if !wanted.MatchString(r.name) {
			continue
		}
		if r.procs == 0 {
			r.procs = *procs
		}
		for _, m := range r.measure(*reps) {
			fmt.Printf("%s\t%d\t%.2f\t%.2f\t%s\n",
				m.Name, r.procs, median(m.Values), slices.Min(m.Values), m.Unit)
		}
	}
}

// measure runs the row in child processes.
func (r row) measure(reps int) []metric {
	if !r.alone {
		return r.child(reps)
	}
	var all []metric
	for i := range reps {
		once := r.child(1)
		if i == 0 {
			all = once
			continue
		}
		for k := range all {
			all[k].Values = append(all[k].Values, once[k].Values...)
		}
	}
	return all
}

func (r row) child(reps int) (metrics []metric) {
	self, err := os.Executable()
	orDie(err)
	command := exec.Command(self, "-inside", r.name, "-reps", strconv.Itoa(reps))
	command.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(r.procs))
	command.Stderr = os.Stderr
	output, err := command.Output()
	orDie(err)
	orDie(json.Unmarshal(output, &metrics))
	return metrics
}

func orDie(err error) {
	if err != nil {
		die(err.Error())
	}
}

func die(why string) {
	fmt.Fprintln(os.Stderr, "gobench:", why)
	os.Exit(1)
}
