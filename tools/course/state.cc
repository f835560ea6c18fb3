// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/text.h"

namespace course {
namespace {

using nlohmann::json;

constexpr int kSchema = 1;

const char* ProgressName(Progress progress) {
  switch (progress) {
    case Progress::kNew:
      return "new";
    case Progress::kSkipped:
      return "skipped";
    case Progress::kFailed:
      return "failed";
    case Progress::kPassed:
      return "passed";
  }
  return "new";
}

Progress ProgressFromName(const std::string& name) {
  for (Progress p :
       {Progress::kSkipped, Progress::kFailed, Progress::kPassed}) {
    if (name == ProgressName(p)) return p;
  }
  return Progress::kNew;
}

absl::Status Failure(const std::string& what, const std::string& path) {
  const int error = errno;
  return absl::UnavailableError("cannot " + what + " " + path + ": " +
                                std::strerror(error));
}

// An open file descriptor, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool WriteAll(int fd, const std::string& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += n;
  }
  return true;
}

}  // namespace

State Merge(State a, const State& b) {
  a.welcomed = a.welcomed || b.welcomed;
  if (a.current.empty()) a.current = b.current;
  a.demos.insert(b.demos.begin(), b.demos.end());
  for (const auto& [name, theirs] : b.exercises) {
    auto [it, added] = a.exercises.emplace(name, theirs);
    if (added) continue;
    ExerciseState& ours = it->second;
    if (theirs.progress > ours.progress) {
      ours.progress = theirs.progress;
      ours.verdict = theirs.verdict;
      ours.passed_hash = theirs.passed_hash;
    }
    ours.attempts = std::max(ours.attempts, theirs.attempts);
    ours.hints = std::max(ours.hints, theirs.hints);
    // Compare passed / total without dividing.
    if (theirs.best_passed * std::max(1, ours.best_total) >
        ours.best_passed * std::max(1, theirs.best_total)) {
      ours.best_passed = theirs.best_passed;
      ours.best_total = theirs.best_total;
    }
    if (ours.first_hash.empty()) ours.first_hash = theirs.first_hash;
  }
  return a;
}

std::string ToJson(const State& state) {
  json exercises = json::object();
  for (const auto& [name, e] : state.exercises) {
    exercises[name] = {{"status", ProgressName(e.progress)},
                       {"attempts", e.attempts},
                       {"hints", e.hints},
                       {"best_passed", e.best_passed},
                       {"best_total", e.best_total},
                       {"verdict", e.verdict},
                       {"passed_hash", e.passed_hash},
                       {"first_hash", e.first_hash}};
  }
  const json all = {{"schema", kSchema},
                    {"welcomed", state.welcomed},
                    {"current", state.current},
                    {"demos", state.demos},
                    {"exercises", exercises}};
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

absl::StatusOr<State> StateFromJson(const std::string& text) {
  try {
    const json all = json::parse(text);
    if (all.at("schema").get<int>() > kSchema) {
      return absl::FailedPreconditionError(
          "it was written by a newer version of this program");
    }
    State state;
    state.welcomed = all.value("welcomed", false);
    state.current = all.value("current", "");
    for (const json& demo : all.value("demos", json::array())) {
      state.demos.insert(demo.get<std::string>());
    }
    const json exercises = all.value("exercises", json::object());
    for (const auto& [name, e] : exercises.items()) {
      ExerciseState& to = state.exercises[name];
      to.progress = ProgressFromName(e.value("status", "new"));
      to.attempts = std::max(0, e.value("attempts", 0));
      to.hints = std::max(0, e.value("hints", 0));
      to.best_passed = std::max(0, e.value("best_passed", 0));
      to.best_total = std::max(0, e.value("best_total", 0));
      to.verdict = e.value("verdict", "");
      to.passed_hash = e.value("passed_hash", "");
      to.first_hash = e.value("first_hash", "");
    }
    return state;
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(e.what());
  }
}

absl::StatusOr<State> StateFile::Load() {
  std::optional<std::string> text = ReadFile(path());
  if (!text) {
    if (access(path().c_str(), F_OK) != 0 && errno == ENOENT) return State();
    errno = EACCES;
    return Failure("read", path());
  }
  absl::StatusOr<State> state = StateFromJson(*text);
  if (state.ok()) return state;
  if (absl::IsFailedPrecondition(state.status())) {
    return absl::FailedPreconditionError(path() + ": " +
                                         std::string(state.status().message()));
  }
  char stamp[32];
  const std::time_t now = std::time(nullptr);
  std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", std::localtime(&now));
  const std::string aside = path() + ".damaged-" + stamp;
  if (rename(path().c_str(), aside.c_str()) != 0) {
    return Failure("move aside the damaged", path());
  }
  notice_ = "The record of your progress was damaged. It is kept as " + aside +
            "; `course grade --all` rebuilds it.";
  return State();
}

absl::Status StateFile::MakeDir() {
  if (mkdir(dir_.c_str(), 0777) != 0 && errno != EEXIST) {
    return Failure("make", dir_);
  }
  if (access(dir_.c_str(), W_OK | X_OK) != 0) return Failure("write to", dir_);
  return absl::OkStatus();
}

absl::Status StateFile::Save(const State& state) {
  const std::string fresh = path() + ".new-" + std::to_string(getpid());
  {
    Descriptor file(
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file.get() < 0) return Failure("write", fresh);
    if (!WriteAll(file.get(), ToJson(state)) || fsync(file.get()) != 0) {
      absl::Status failure = Failure("write", fresh);
      unlink(fresh.c_str());
      return failure;
    }
  }
  if (rename(fresh.c_str(), path().c_str()) != 0) {
    absl::Status failure = Failure("replace", path());
    unlink(fresh.c_str());
    return failure;
  }
  return absl::OkStatus();
}

absl::Status StateFile::Update(const std::function<void(State&)>& change) {
  if (absl::Status made = MakeDir(); !made.ok()) return made;
  const std::string lock_path = dir_ + "/lock";
  Descriptor lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock.get() < 0) return Failure("write", lock_path);
  while (flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return Failure("lock", lock_path);
  }
  absl::StatusOr<State> state = Load();
  if (!state.ok()) return state.status();
  change(*state);
  return Save(*state);
}

}  // namespace course
