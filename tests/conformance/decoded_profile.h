// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A profile's file, read again.

#ifndef TESTS_CONFORMANCE_DECODED_PROFILE_H_
#define TESTS_CONFORMANCE_DECODED_PROFILE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protozero/pbf_reader.hpp"
#include "runtime/chan.h"
#include "runtime/pprof.h"

namespace rt {

// Where to write a profile.
std::string PathFor(const std::string& name);

// The file at `path`, checked for what is true of every profile. The numbers of
// fields are those of pprof's profile.proto.
struct Decoded {
  struct Sample {
    std::vector<std::string> functions;  // The innermost first.
    std::vector<int64_t> values;
    int64_t goroutine = 0;
    std::string state;

    bool Has(const std::string& part) const {
      return std::any_of(functions.begin(), functions.end(),
                         [&](const std::string& name) {
                           return name.find(part) != std::string::npos;
                         });
    }
  };

  explicit Decoded(const std::string& path);
  std::string Unit(protozero::pbf_reader in) const;
  void ReadMapping(protozero::pbf_reader in);
  void ReadFunction(protozero::pbf_reader in);
  void ReadLocation(protozero::pbf_reader in);
  void ReadSample(protozero::pbf_reader in);
  void ReadLabel(protozero::pbf_reader in, Sample* sample) const;

  // The sums of the values of all samples with a function named like this.
  std::vector<int64_t> Sum(const std::string& part) const;

  std::string text;
  std::vector<std::string> texts;
  std::vector<std::string> units;
  std::string period_unit;
  int64_t period = 0;
  int64_t unix_ns = 0;
  int64_t duration_ns = 0;
  std::map<uint64_t, std::pair<uint64_t, uint64_t>> mappings;
  std::set<std::string> files;
  std::map<uint64_t, std::string> functions;
  std::map<std::string, std::string> sources;      // By name.
  std::map<std::string, std::set<int64_t>> lines;  // By function.
  std::map<uint64_t, std::vector<std::string>> locations;
  std::vector<Sample> samples;
};

// What has been collected since: block and mutex profiles never forget.
Decoded Written(pprof::Profile profile, const std::string& name);

// A function to look for, in which goroutines wait.
void WaitForOne(Chan<int> c);

}  // namespace rt

#endif  // TESTS_CONFORMANCE_DECODED_PROFILE_H_
