// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/schedule.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace rt::explorer {
namespace {

constexpr char kFormat[] = "1";

// FNV-1a, eight bytes at a time.
uint64_t Hash(const void* data, size_t size, uint64_t hash) {
  auto* words = static_cast<const uint64_t*>(data);
  for (size_t i = 0; i < size / 8; ++i) {
    hash = (hash ^ words[i]) * 0x100000001b3u;
    hash ^= hash >> 29;
  }
  return hash;
}

// A file, while it lives: null if it cannot be read.
class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat status;
    if (fstat(file, &status) == 0) {
      size_ = static_cast<size_t>(status.st_size);
      void* data = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      if (data != MAP_FAILED) data_ = static_cast<const char*>(data);
    }
    close(file);
  }
  ~MappedFile() {
    if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const char* data() const { return data_; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// The first object is the program itself. Its read-only segments hold code and
// constants; what the loader relocates lies in a writable one. They are read
// from the file: in memory, a debugger may have put its breakpoints.
int HashFirstObject(dl_phdr_info* info, size_t, void* result) {
  MappedFile program("/proc/self/exe");
  uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD || (header.p_flags & PF_W) != 0) continue;
    auto* start =
        program.data() != nullptr
            ? program.data() + header.p_offset
            : reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    hash = Hash(start, header.p_filesz, hash);
  }
  *static_cast<uint64_t*>(result) = hash;
  return 1;
}

absl::Status Malformed(std::string_view line) {
  return absl::InvalidArgumentError(
      absl::StrCat("this is not a replay line: ",
                   absl::string_view(line.data(), line.size())));
}

}  // namespace

uint32_t ProgramHash() {
  static const uint32_t hash = [] {
    uint64_t result = 0;
    dl_iterate_phdr(&HashFirstObject, &result);
    return static_cast<uint32_t>(result ^ (result >> 32));
  }();
  return hash;
}

std::string FormatSchedule(const Schedule& schedule, uint32_t program_hash) {
  char hash[16];
  snprintf(hash, sizeof hash, "%08x", program_hash);
  std::string line = absl::StrCat(kFormat, "-", hash, "-");
  const char* separator = "";
  for (size_t i = 0; i < schedule.size();) {
    size_t run = 1;
    if (!schedule[i].is_value) {
      while (i + run < schedule.size() && schedule[i + run] == schedule[i])
        ++run;
    }
    absl::StrAppend(&line, separator, schedule[i].is_value ? "v" : "",
                    schedule[i].chosen);
    if (run > 1) absl::StrAppend(&line, "x", run);
    separator = ".";
    i += run;
  }
  return line;
}

absl::StatusOr<Schedule> ParseSchedule(std::string_view line,
                                       uint32_t program_hash) {
  constexpr size_t kMaxDecisions = 10'000'000;
  std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(line.data(), line.size()), '-');
  if (parts.size() != 3) return Malformed(line);
  if (parts[0] != kFormat) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the replay line has format ", parts[0], ", this program reads ",
        kFormat, ": grade again to get a new one"));
  }
  uint32_t hash = 0;
  if (sscanf(parts[1].c_str(), "%8x", &hash) != 1) return Malformed(line);
  if (hash != program_hash) {
    return absl::FailedPreconditionError(
        "the program has changed since this replay line was printed: grade "
        "again to get a new one");
  }
  Schedule schedule;
  if (parts[2].empty()) return schedule;
  for (absl::string_view token : absl::StrSplit(parts[2], '.')) {
    Decision decision;
    decision.is_value = !token.empty() && token[0] == 'v';
    if (decision.is_value) token.remove_prefix(1);
    std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(token, absl::MaxSplits('x', 1));
    uint64_t run = 1;
    if (!absl::SimpleAtoi(halves.first, &decision.chosen) ||
        (halves.first.size() != token.size() &&
         !absl::SimpleAtoi(halves.second, &run)) ||
        run == 0 || run > kMaxDecisions - schedule.size()) {
      return Malformed(line);
    }
    schedule.insert(schedule.end(), run, decision);
  }
  return schedule;
}

bool Replay::BeginExecution() {
  next_ = 0;
  diverged_ = false;
  return !std::exchange(started_, true);
}

size_t Replay::PickNext(const SchedulePoint& point) {
  // After the last recorded choice the execution may run on, e.g. because the
  // search stopped it there.
  if (next_ == schedule_.size()) return DefaultPick(point);
  const Decision& decision = schedule_[next_];
  for (size_t i = 0; i < point.runnable.size(); ++i) {
    if (!decision.is_value && point.runnable[i].goroutine == decision.chosen) {
      ++next_;
      return i;
    }
  }
  diverged_ = true;
  return DefaultPick(point);
}

uint64_t Replay::PickValue(uint64_t n) {
  if (next_ == schedule_.size()) return 0;
  const Decision& decision = schedule_[next_];
  if (!decision.is_value || decision.chosen >= n) {
    diverged_ = true;
    return 0;
  }
  ++next_;
  return decision.chosen;
}

}  // namespace rt::explorer
