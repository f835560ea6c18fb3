// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/conformance/decoded_profile.h"

#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "protozero/pbf_reader.hpp"
#include "runtime/pprof.h"

namespace rt {
namespace {

using protozero::pbf_reader;

std::string Gunzip(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  EXPECT_EQ(gzdirect(file), 0) << "not compressed";
  std::string text;
  char some[4096];
  for (int n; (n = gzread(file, some, sizeof(some))) > 0;) {
    text.append(some, static_cast<size_t>(n));
  }
  EXPECT_EQ(gzclose_r(file), Z_OK);
  return text;
}

}  // namespace

std::string PathFor(const std::string& name) {
  return ::testing::TempDir() + "/" + name + std::to_string(getpid()) +
         ".pb.gz";
}

Decoded::Decoded(const std::string& path) {
  text = Gunzip(path);
  for (pbf_reader in(text); in.next(6);) texts.push_back(in.get_string());
  EXPECT_FALSE(texts.empty());
  EXPECT_EQ(texts.at(0), "");
  for (pbf_reader in(text); in.next();) {
    switch (in.tag()) {
      case 1:
        units.push_back(Unit(in.get_message()));
        break;
      case 3:
        ReadMapping(in.get_message());
        break;
      case 5:
        ReadFunction(in.get_message());
        break;
      case 9:
        unix_ns = in.get_int64();
        break;
      case 10:
        duration_ns = in.get_int64();
        break;
      case 11:
        period_unit = Unit(in.get_message());
        break;
      case 12:
        period = in.get_int64();
        break;
      default:
        in.skip();
    }
  }
  for (pbf_reader in(text); in.next(4);) ReadLocation(in.get_message());
  for (pbf_reader in(text); in.next(2);) ReadSample(in.get_message());
}

std::string Decoded::Unit(pbf_reader in) const {
  std::string type, unit;
  while (in.next()) {
    (in.tag() == 1 ? type : unit) =
        texts.at(static_cast<size_t>(in.get_int64()));
  }
  return type + "/" + unit;
}

void Decoded::ReadMapping(pbf_reader in) {
  std::map<int, uint64_t> fields;
  while (in.next()) fields[static_cast<int>(in.tag())] = in.get_uint64();
  EXPECT_LT(fields[2], fields[3]);
  mappings[fields[1]] = {fields[2], fields[3]};
  files.insert(texts.at(fields[5]));
}

void Decoded::ReadFunction(pbf_reader in) {
  std::map<int, uint64_t> fields;
  while (in.next()) fields[static_cast<int>(in.tag())] = in.get_uint64();
  EXPECT_TRUE(functions.emplace(fields[1], texts.at(fields[2])).second);
  sources[texts.at(fields[2])] = texts.at(fields[4]);
}

void Decoded::ReadLocation(pbf_reader in) {
  uint64_t id = 0, mapping = 0, address = 0;
  std::vector<std::string> names;
  while (in.next()) {
    switch (in.tag()) {
      case 1:
        id = in.get_uint64();
        break;
      case 2:
        mapping = in.get_uint64();
        break;
      case 3:
        address = in.get_uint64();
        break;
      default:
        pbf_reader line = in.get_message();
        ASSERT_TRUE(line.next(1));
        names.push_back(functions.at(line.get_uint64()));
        if (line.next(2)) lines[names.back()].insert(line.get_int64());
    }
  }
  if (mapping != 0) {
    EXPECT_GE(address, mappings.at(mapping).first);
    EXPECT_LT(address, mappings.at(mapping).second);
  }
  EXPECT_TRUE(locations.emplace(id, names).second);
}

void Decoded::ReadSample(pbf_reader in) {
  Sample sample;
  while (in.next()) {
    switch (in.tag()) {
      case 1:
        for (uint64_t id : in.get_packed_uint64()) {
          const auto& names = locations.at(id);
          sample.functions.insert(sample.functions.end(), names.begin(),
                                  names.end());
        }
        break;
      case 2:
        for (int64_t value : in.get_packed_int64()) {
          sample.values.push_back(value);
        }
        break;
      default:
        ReadLabel(in.get_message(), &sample);
    }
  }
  EXPECT_EQ(sample.values.size(), units.size());
  EXPECT_FALSE(sample.functions.empty());
  samples.push_back(sample);
}

void Decoded::ReadLabel(pbf_reader in, Sample* sample) const {
  std::string key;
  while (in.next()) {
    int64_t value = in.get_int64();
    if (in.tag() == 1) key = texts.at(static_cast<size_t>(value));
    if (in.tag() == 2) sample->state = texts.at(static_cast<size_t>(value));
    if (in.tag() == 3) sample->goroutine = value;
  }
  EXPECT_EQ(key,
            sample->goroutine != 0 && in.tag() == 3 ? "goroutine" : "state");
}

std::vector<int64_t> Decoded::Sum(const std::string& part) const {
  std::vector<int64_t> sum(units.size());
  for (const Sample& sample : samples) {
    if (!sample.Has(part)) continue;
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += sample.values[i];
  }
  return sum;
}

Decoded Written(pprof::Profile profile, const std::string& name) {
  std::string path = PathFor(name);
  absl::Status status = pprof::Write(profile, path);
  EXPECT_TRUE(status.ok()) << status;
  Decoded result(path);
  unlink(path.c_str());
  return result;
}

void WaitForOne(Chan<int> c) {
  c.Recv();
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace rt
