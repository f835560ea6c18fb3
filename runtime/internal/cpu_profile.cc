// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/cpu_profile.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/host.h"
#include "runtime/internal/m.h"
#include "runtime/internal/profile_file.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/signals.h"

namespace rt::internal {
namespace {

// As Go's: often enough for a second's profile, too seldom to be felt.
constexpr int64_t kPeriodNs = 10'000'000;

// --- What the handlers note --------------------------------------------------

// Three quarters of an hour of one processor with stacks of 25 frames. Mapped
// while a profile is taken; only what is used takes memory.
constexpr size_t kLogWords = size_t{8} << 20;

// In the log, followed by `size` return addresses.
struct LogEntry {
  int32_t size;
  int32_t periods;  // For how many it stands.
  uint64_t g;       // Whom the thread was running; 0: nobody.
};
constexpr size_t kEntryWords = sizeof(LogEntry) / sizeof(uint64_t);

struct Log {
  std::atomic<uint64_t*> words{nullptr};  // Null: no profile is taken.
  std::atomic<size_t> used{0};
  std::atomic<int64_t> lost{0};  // Periods that there was no room for.
  std::atomic<int> handlers{0};  // That may be writing.
};
constinit Log the_log;

struct sigaction previous;

// Says that a signal comes from one of our timers.
constexpr char kTimer = 0;

void Note(uint64_t* words, int32_t periods, const void* context) {
  void* pcs[kMaxFrames];
  Interrupted at = Where(context);
  int size = InterruptedBacktrace(at.pc, pcs, kMaxFrames);
  const M* m = CurrentM();
  const Goroutine* g = m != nullptr ? m->current : nullptr;
  size_t need = kEntryWords + static_cast<size_t>(size);
  // Relaxed: read when all handlers are done.
  size_t begin = the_log.used.fetch_add(need, std::memory_order_relaxed);
  if (begin + need > kLogWords) {
    the_log.lost.fetch_add(periods, std::memory_order_relaxed);
    return;
  }
  LogEntry entry = {size, periods, g != nullptr ? g->id : 0};
  std::memcpy(words + begin, &entry, sizeof(entry));
  std::memcpy(words + begin + kEntryWords, pcs,
              static_cast<size_t>(size) * sizeof(void*));
}

// Async-signal-safe: no locks, no memory from the heap. SIGURG waits meanwhile:
// whoever is in here is not preempted.
void OnSample(int signal, siginfo_t* info, void* context) {
  int saved_errno = errno;
  if (info->si_code != SI_TIMER || info->si_value.sival_ptr != &kTimer) {
    CallPrevious(previous, signal, info, context);
  } else {
    // Sequentially consistent: pairs with EndLog, which takes the words away
    // and then looks for handlers.
    the_log.handlers.fetch_add(1, std::memory_order_seq_cst);
    uint64_t* words = the_log.words.load(std::memory_order_seq_cst);
    if (words != nullptr) Note(words, 1 + info->si_overrun, context);
    // Release: what was noted is there for EndLog.
    the_log.handlers.fetch_sub(1, std::memory_order_release);
  }
  errno = saved_errno;
}

// It stays: a signal may be on its way when a profile has ended.
void InstallHandler() {
  static const bool installed = [] {
    struct sigaction action = {};
    action.sa_sigaction = OnSample;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaddset(&action.sa_mask, SIGURG);
    sigaction(SIGPROF, &action, &previous);
    return true;
  }();
  static_cast<void>(installed);
}

bool BeginLog() {
  void* memory =
      mmap(nullptr, kLogWords * sizeof(uint64_t), PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  the_log.used.store(0, std::memory_order_relaxed);
  the_log.lost.store(0, std::memory_order_relaxed);
  the_log.words.store(static_cast<uint64_t*>(memory),
                      std::memory_order_seq_cst);
  return true;
}

// What was noted, the same stacks of the same goroutine together.
std::vector<ProfileData::Sample> EndLog() {
  uint64_t* words = the_log.words.exchange(nullptr, std::memory_order_seq_cst);
  while (the_log.handlers.load(std::memory_order_seq_cst) != 0) sched_yield();
  std::map<std::pair<uint64_t, std::vector<void*>>, int64_t> periods;
  size_t used = the_log.used.load(std::memory_order_relaxed);
  for (size_t at = 0; at + kEntryWords <= std::min(used, kLogWords);) {
    LogEntry entry;
    std::memcpy(&entry, words + at, sizeof(entry));
    if (entry.periods == 0) break;  // There was no room for it.
    at += kEntryWords;
    std::vector<void*> pcs(static_cast<size_t>(entry.size));
    std::memcpy(pcs.data(), words + at, pcs.size() * sizeof(void*));
    at += pcs.size();
    periods[{entry.g, std::move(pcs)}] += entry.periods;
  }
  munmap(words, kLogWords * sizeof(uint64_t));
  std::vector<ProfileData::Sample> samples;
  auto add = [&](int64_t count) -> ProfileData::Sample& {
    samples.emplace_back().values = {count, count * kPeriodNs};
    return samples.back();
  };
  for (const auto& [key, count] : periods) {
    ProfileData::Sample& sample = add(count);
    sample.goroutine = key.first;
    sample.pcs = key.second;
  }
  if (int64_t lost = the_log.lost.load(std::memory_order_relaxed)) {
    add(lost).note = "lost: there was no room";
  }
  return samples;
}

// --- Timers ------------------------------------------------------------------

// More than there can be M's (preempt.cc).
constexpr int kMaxTimers = 12'000;

struct ThreadTimer {
  pid_t tid;
  int timer;  // The kernel's number.
};

// Not on the heap: nothing is allocated under the lock.
struct Timers {
  RawMutex mu{LockRank::kProfile};
  bool on ABSL_GUARDED_BY(mu) = false;
  int size ABSL_GUARDED_BY(mu) = 0;
  ThreadTimer timers[kMaxTimers] ABSL_GUARDED_BY(mu) = {};
};
constinit Timers the_timers;

// The clock of the processor time of thread `tid` (see the kernel's
// posix-timers.h: not of the process, and exact).
clockid_t ClockOf(pid_t tid) {
  constexpr int kPerThread = 4;
  constexpr int kScheduled = 2;
  return static_cast<clockid_t>(~static_cast<unsigned>(tid) << 3) | kPerThread |
         kScheduled;
}

// False if there is no more room, or no timers.
bool AddTimer(Timers* all, pid_t tid) ABSL_EXCLUSIVE_LOCKS_REQUIRED(all->mu) {
  for (int i = 0; i < all->size; ++i) {
    if (all->timers[i].tid == tid) return true;
  }
  if (all->size == kMaxTimers) return false;
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event.sigev_value.sival_ptr = const_cast<char*>(&kTimer);
  event._sigev_un._tid = tid;
  ThreadTimer& fresh = all->timers[all->size];
  fresh.tid = tid;
  // Not the C library's: that may allocate.
  if (syscall(SYS_timer_create, ClockOf(tid), &event, &fresh.timer) != 0) {
    return errno == EINVAL;  // The thread has ended.
  }
  itimerspec when = {};
  when.it_interval.tv_nsec = kPeriodNs;
  // Not all at the same time, should they begin together.
  when.it_value.tv_nsec = 1 + static_cast<long>(host::RandomBelow(kPeriodNs));
  syscall(SYS_timer_settime, fresh.timer, 0, &when, nullptr);
  ++all->size;
  return true;
}

std::vector<pid_t> AllThreads() {
  std::vector<pid_t> result;
  std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/task"),
                                             closedir);
  while (const dirent* entry = folder ? readdir(folder.get()) : nullptr) {
    if (pid_t tid = std::atoi(entry->d_name)) result.push_back(tid);
  }
  return result;
}

bool StartTimers() {
  {
    // From here on, new M's see to themselves.
    RawLock lock(the_timers.mu);
    the_timers.on = true;
  }
  std::vector<pid_t> threads = AllThreads();
  RawLock lock(the_timers.mu);
  bool good = true;
  for (pid_t tid : threads) good = good && AddTimer(&the_timers, tid);
  return good && the_timers.size > 0;
}

void StopTimers() {
  RawLock lock(the_timers.mu);
  the_timers.on = false;
  for (int i = 0; i < the_timers.size; ++i) {
    syscall(SYS_timer_delete, the_timers.timers[i].timer);
  }
  the_timers.size = 0;
}

// --- The profile -------------------------------------------------------------

// What is known of the profile that is being taken.
struct Taking {
  std::mutex mu;
  std::FILE* file = nullptr;  // Null: none.
  std::string path;
  int64_t begin_ns = 0;
};

Taking& TheProfile() {
  static Taking& taking = *new Taking;
  return taking;
}

}  // namespace

CpuProfiledThread::CpuProfiledThread() {
  RawLock lock(the_timers.mu);
  if (the_timers.on) AddTimer(&the_timers, gettid());
}

CpuProfiledThread::~CpuProfiledThread() {
  RawLock lock(the_timers.mu);
  pid_t tid = gettid();
  for (int i = 0; i < the_timers.size; ++i) {
    if (the_timers.timers[i].tid != tid) continue;
    syscall(SYS_timer_delete, the_timers.timers[i].timer);
    the_timers.timers[i] = the_timers.timers[--the_timers.size];
    return;
  }
}

std::string StartCpuProfile(const std::string& path) {
  Taking& taking = TheProfile();
  std::lock_guard lock(taking.mu);
  if (taking.file != nullptr) return "a CPU profile is being taken already";
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return path + ": " + std::strerror(errno);
  InstallHandler();
  bool logs = BeginLog();
  if (!logs || !StartTimers()) {
    std::string error = std::string("no CPU profile: ") + std::strerror(errno);
    StopTimers();
    if (logs) EndLog();
    std::fclose(file);
    return error;
  }
  taking.file = file;
  taking.path = path;
  taking.begin_ns = host::NowNs();
  return "";
}

std::string StopCpuProfile() {
  Taking& taking = TheProfile();
  std::lock_guard lock(taking.mu);
  if (taking.file == nullptr) return "no CPU profile is being taken";
  StopTimers();
  ProfileData data;
  data.units = {{"samples", "count"}, {"cpu", "nanoseconds"}};
  data.period_unit = {"cpu", "nanoseconds"};
  data.period = kPeriodNs;
  data.unix_ns = host::StartUnixNs() + taking.begin_ns;
  data.duration_ns = host::NowNs() - taking.begin_ns;
  data.whole_leaves = true;
  data.samples = EndLog();
  std::string text = EncodeProfile(data);
  std::FILE* file = std::exchange(taking.file, nullptr);
  bool good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  good = std::fclose(file) == 0 && good;
  return good ? "" : taking.path + ": " + std::strerror(errno);
}

}  // namespace rt::internal
