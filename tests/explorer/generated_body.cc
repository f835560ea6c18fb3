// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the instructions of a generated program do.

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/explorer/generated_program.h"

namespace rt::testing {
namespace {

void Note(Observed::Notes& notes, int what) {
  if (notes.size < Observed::kMax) notes.notes[notes.size++] = what;
}

int Milliseconds() {
  return static_cast<int>(
      (rt::Now() - absl::FromUnixNanos(internal::host::StartUnixNs())) /
      absl::Milliseconds(1));
}

}  // namespace

void Observed::Clear() {
  for (Notes& notes : by_body) notes.size = 0;
  at_end.size = 0;
}

std::string Observed::Text() const {
  std::string text;
  auto append = [&text](const Notes& notes) {
    for (int i = 0; i < notes.size; ++i) {
      absl::StrAppend(&text, notes.notes[i], " ");
    }
    absl::StrAppend(&text, "| ");
  };
  for (const Notes& notes : by_body) append(notes);
  append(at_end);
  return text;
}

struct Contexts {
  ContextAndCancel parent = WithCancel(Background());
  ContextAndCancel child = WithCancel(parent.ctx);
};

struct Objects {
  explicit Objects(const Program& program) : program(program) {
    for (size_t i = 0; i < 2; ++i) {
      chan[i] = MakeChan<int>(program.capacity[i]);
      wg[i].Add(1);
    }
    if (program.Uses(Topic::kStores)) {
      map.emplace();
      pool.emplace();
    }
    if (program.Uses(Topic::kTime)) {
      for (size_t i = 0; i < 2; ++i) {
        timer[i] = NewTimer(absl::Milliseconds(i + 1));
      }
    }
    if (program.Uses(Topic::kContexts)) context.emplace();
  }

  const Program program;
  Mutex mu[2];
  RWMutex rw[2];
  int counter[2] = {};     // Of mu,
  int rw_counter[2] = {};  // of rw,
  int plain[2] = {};       // and of nothing.
  std::atomic<int> word[2] = {};
  AtomicValue<int> value[2];
  Chan<int> chan[2];
  WaitGroup wg[2];
  Cond cond[2] = {Cond(&mu[0]), Cond(&mu[1])};
  Once once[2];
  std::optional<Map<int, int>> map;
  std::optional<Pool<int>> pool;
  Timer timer[2];
  std::optional<Contexts> context;
};

namespace {

// One goroutine of a program.
class Body {
 public:
  Body(Objects* objects, Observed* observed, size_t index)
      : all_(*objects),
        observed_(*observed),
        notes_(observed->by_body[index]),
        index_(index) {}

  void Run() {
    try {
      for (const Instruction& i : all_.program.bodies[index_]) {
        object_ = static_cast<size_t>(i.object);
        Step(i);
      }
    } catch (const Panic& panic) {
      // Of a WaitGroup that is misused no more can be said.
      std::string_view text = panic.what();
      if (text.substr(0, 4) == "sync") throw;
      See(-1000 - static_cast<int>(text.size()));
    }
    if (all_.program.Uses(Topic::kTime)) See(Milliseconds());
  }

 private:
  void See(int what) { Note(notes_, what); }
  void See(std::optional<int> what) { Note(notes_, what.value_or(-1)); }

  // Two visits by the same goroutines in another order leave another number.
  void Visit(int& counter) {
    See(counter);
    counter = counter * 4 + Id();
  }
  int Id() const { return static_cast<int>(index_) + 1; }
  auto Seeing() {
    return [this](std::optional<int> v) { See(v); };
  }

  void Step(const Instruction& i) {
    switch (TopicOf(i.action)) {
      case Topic::kLocks:
      case Topic::kConds:
        return StepLock(i);
      case Topic::kReadWriteLocks:
        return StepReadWrite(i);
      case Topic::kWords:
        return StepWord(i);
      case Topic::kChannels:
      case Topic::kSelects:
        return StepChannel(i);
      case Topic::kWaitGroups:
      case Topic::kOnces:
        return StepGroup(i);
      case Topic::kStores:
        return StepStore(i);
      case Topic::kTime:
        return StepTime(i);
      case Topic::kContexts:
        return StepContext(i);
      case Topic::kMisuse:
      case Topic::kCount:
        return StepOther(i);
    }
  }

  void StepLock(const Instruction& i) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    Mutex& mu = all_.mu[object_];
    Mutex& other = all_.mu[1 - object_];
    int& counter = all_.counter[object_];
    Cond& cond = all_.cond[object_];
    switch (i.action) {
      case Action::kLock:
        mu.Lock();
        Visit(counter);
        mu.Unlock();
        break;
      case Action::kTryLock:
        if (!mu.TryLock()) return See(-2);
        Visit(counter);
        mu.Unlock();
        break;
      case Action::kNested:
        mu.Lock();
        other.Lock();
        Visit(counter);
        other.Unlock();
        mu.Unlock();
        break;
      case Action::kHold:
        mu.Lock();
        ++held_[object_];
        Visit(counter);
        break;
      case Action::kRelease:
        if (held_[object_] == 0) return;
        --held_[object_];
        mu.Unlock();
        break;
      case Action::kCondWait:
        mu.Lock();
        cond.Wait();
        Visit(counter);
        mu.Unlock();
        break;
      case Action::kCondWaitReady:
        mu.Lock();
        cond.Wait([&] { return counter != 0; });
        Visit(counter);
        mu.Unlock();
        break;
      case Action::kSignal:
        cond.Signal();
        break;
      case Action::kBroadcast:
        cond.Broadcast();
        break;
      default:
        mu.Lock();
        Visit(counter);
        mu.Unlock();
        i.action == Action::kReadyAndSignal ? cond.Signal() : cond.Broadcast();
        break;
    }
  }

  void StepReadWrite(const Instruction& i) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    RWMutex& rw = all_.rw[object_];
    int& counter = all_.rw_counter[object_];
    switch (i.action) {
      case Action::kReadLock:
        rw.RLock();
        See(counter);
        rw.RUnlock();
        break;
      case Action::kWriteLock:
        rw.Lock();
        Visit(counter);
        rw.Unlock();
        break;
      case Action::kTryReadLock:
        if (!rw.TryRLock()) return See(-2);
        See(counter);
        rw.RUnlock();
        break;
      case Action::kTryWriteLock:
        if (!rw.TryLock()) return See(-2);
        Visit(counter);
        rw.Unlock();
        break;
      case Action::kReadTwice:
        rw.RLock();
        See(counter);
        rw.RLock();
        See(counter);
        rw.RUnlock();
        rw.RUnlock();
        break;
      case Action::kReadHold:
        rw.RLock();
        ++read_held_[object_];
        See(counter);
        break;
      default:
        if (read_held_[object_] == 0) return;
        --read_held_[object_];
        rw.RUnlock();
        break;
    }
  }

  void StepWord(const Instruction& i) {
    std::atomic<int>& word = all_.word[object_];
    AtomicValue<int>& value = all_.value[object_];
    switch (i.action) {
      case Action::kLoad:
        return See(word.load());
      case Action::kStore:
        return word.store(Id());
      case Action::kFetchAdd:
        return See(word.fetch_add(4 * Id()));
      case Action::kCompareExchange: {
        int expected = 0;
        word.compare_exchange_strong(expected, Id());
        return See(expected);
      }
      case Action::kValueLoad:
        return See(value.Load());
      default:
        return value.Store(Id());
    }
  }

  void StepChannel(const Instruction& i) {
    Chan<int>& chan = all_.chan[object_];
    Chan<int>& other = all_.chan[1 - object_];
    switch (i.action) {
      case Action::kSend:
        return chan.Send(Id());
      case Action::kRecv:
        return See(chan.Recv());
      case Action::kClose:
        return chan.Close();
      case Action::kRange:
        for (int v : chan) See(v);
        return;
      case Action::kLen:
        return See(static_cast<int>(chan.Len()));
      case Action::kSelect:
        return See(100 + static_cast<int>(SelectTwo(i.number, chan, other)));
      default:
        return See(100 + static_cast<int>(SelectMany(i.number)));
    }
  }

  size_t SelectTwo(int which, Chan<int>& chan, Chan<int>& other) {
    switch (which) {
      case 0:
        return Select(OnRecv(chan, Seeing()), OnRecv(other, Seeing()));
      case 1:
        return Select(OnSend(chan, Id()), OnSend(other, Id()));
      case 2:
        return Select(OnSend(chan, Id()), OnRecv(other, Seeing()));
      case 3:
        return Select(OnRecv(chan, Seeing()), OnRecv(other, Seeing()),
                      Default());
      case 4:
        return Select(OnSend(chan, Id()), OnSend(other, Id()), Default());
      case 5:
        return Select(OnSend(chan, Id()), OnRecv(other, Seeing()), Default());
      case 6:
        return Select(OnRecv(chan, Seeing()), Default());
      default:
        return Select(OnSend(chan, Id()), Default());
    }
  }

  size_t SelectMany(int number) {
    std::vector<SelectCase> cases;
    for (int i = 0; i < CaseCount(number); ++i) {
      Chan<int>& chan = all_.chan[CaseChannel(number, i)];
      if (CaseSends(number, i)) {
        cases.emplace_back(OnSend(chan, Id()));
      } else {
        cases.emplace_back(OnRecv(chan, Seeing()));
      }
    }
    if (HasDefault(number)) cases.emplace_back(Default());
    return SelectAny(cases);
  }

  void StepGroup(const Instruction& i) {
    WaitGroup& wg = all_.wg[object_];
    std::atomic<int>& word = all_.word[object_];
    Once& once = all_.once[object_];
    Once& other = all_.once[1 - object_];
    switch (i.action) {
      case Action::kAdd:
        return wg.Add(1);
      case Action::kDone:
        return wg.Done();
      case Action::kSubtract:
        return wg.Add(-2);
      case Action::kWait:
        wg.Wait();
        return See(word.load(std::memory_order_relaxed));
      case Action::kGroupGo:
        return wg.Go([&word] { word.fetch_add(1); });
      case Action::kOnce:
        once.Do([&] { word.fetch_add(Id()); });
        return See(word.load());
      default:
        return once.Do([&] { other.Do([&] { See(7); }); });
    }
  }

  void StepStore(const Instruction& i) {
    Map<int, int>& map = *all_.map;
    Pool<int>& pool = *all_.pool;
    switch (i.action) {
      case Action::kMapLoad:
        return See(map.Load(i.object));
      case Action::kMapStore:
        return map.Store(i.object, Id());
      case Action::kMapLoadOrStore:
        return See(map.LoadOrStore(i.object, Id()).first);
      case Action::kMapDelete:
        return See(map.LoadAndDelete(i.object));
      case Action::kMapRange:
        return map.Range([&](int key, int value) {
          See(10 * key + value);
          return true;
        });
      case Action::kPoolGet: {
        std::unique_ptr<int> got = pool.Get();
        return See(got == nullptr ? -1 : *got);
      }
      default:
        return pool.Put(std::make_unique<int>(Id()));
    }
  }

  void StepTime(const Instruction& i) {
    Timer& timer = all_.timer[object_];
    Chan<int>& chan = all_.chan[object_];
    std::atomic<int>& word = all_.word[object_];
    absl::Duration after = absl::Milliseconds(i.number);
    switch (i.action) {
      case Action::kSleep:
        rt::Sleep(after);
        break;
      case Action::kAfter:
        static_cast<void>(After(after).Recv());
        break;
      case Action::kAfterFunc:
        AfterFunc(after, [&word] { word.fetch_add(1); });
        break;
      case Action::kTimerRecv:
        static_cast<void>(timer.C().Recv());
        break;
      case Action::kTimerStop:
        See(timer.Stop());
        break;
      case Action::kTimerReset:
        See(timer.Reset(after));
        break;
      default:
        See(100 + static_cast<int>(
                      Select(OnRecv(chan, Seeing()), OnRecv(After(after)))));
        break;
    }
    See(Milliseconds());
  }

  void StepContext(const Instruction& i) {
    ContextAndCancel& context =
        i.object == 0 ? all_.context->parent : all_.context->child;
    Chan<int>& chan = all_.chan[object_];
    std::atomic<int>& word = all_.word[object_];
    switch (i.action) {
      case Action::kCancel:
        return context.cancel();
      case Action::kContextErr:
        return See(context.ctx.Err().ok());
      case Action::kContextDone:
        static_cast<void>(context.ctx.Done().Recv());
        return;
      case Action::kContextSelect:
        return See(100 + static_cast<int>(Select(OnRecv(chan, Seeing()),
                                                 OnRecv(context.ctx.Done()))));
      case Action::kContextChild: {
        ContextAndCancel child = WithCancel(context.ctx);
        See(child.ctx.Err().ok());
        return child.cancel();
      }
      default: {
        StopFunc stop =
            rt::AfterFunc(context.ctx, [&word] { word.fetch_add(1); });
        See(word.load());
        if (i.number == 1) See(stop());
        return;
      }
    }
  }

  void StepOther(const Instruction& i) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    switch (i.action) {
      case Action::kPlainRead:
        return See(all_.plain[object_]);
      case Action::kPlainWrite:
        return Visit(all_.plain[object_]);
      case Action::kUnlock:
        return all_.mu[object_].Unlock();
      case Action::kReadUnlock:
        return all_.rw[object_].RUnlock();
      case Action::kGosched:
        return rt::Gosched();
      case Action::kChoose:
        return See(static_cast<int>(explorer::Choose(2)));
      default:
        Start(&all_, &observed_, static_cast<size_t>(i.number));
    }
  }

 public:
  static void Start(Objects* all, Observed* observed, size_t index) {
    rt::Go([all, observed, index] { Body(all, observed, index).Run(); });
  }

 private:
  Objects& all_;
  Observed& observed_;
  Observed::Notes& notes_;
  const size_t index_;
  size_t object_ = 0;
  int held_[2] = {};
  int read_held_[2] = {};
};

}  // namespace

Objects* RunProgram(const Program& program, Observed& observed) {
  auto* objects = new Objects(program);
  for (size_t b = 0; b < program.roots; ++b) {
    Body::Start(objects, &observed, b);
  }
  return objects;
}

void FinishProgram(Objects* objects, bool whole, Observed& observed) {
  if (!whole) return;
  for (size_t i = 0; i < 2; ++i) {
    for (int left :
         {objects->counter[i], objects->rw_counter[i], objects->plain[i],
          objects->word[i].load(), static_cast<int>(objects->chan[i].Len())}) {
      Note(observed.at_end, left);
    }
  }
  delete objects;
}

}  // namespace rt::testing
