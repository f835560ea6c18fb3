// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// singleflight::Group: of several goroutines that want the same thing at the
// same time, one fetches it, and all get what it got. As Go's
// golang.org/x/sync/singleflight.
//
//   rt::singleflight::Group<std::string, absl::StatusOr<Page>> pages;
//   absl::StatusOr<Page> page =                        // from many goroutines
//       pages.Do(url, [&] { return Fetch(url); }).value;
//
// It is no cache: the next Do after the fetching has ended fetches again. In
// front of a cache it keeps a hundred goroutines that miss the same key from
// all asking the database at once. What can fail returns absl::StatusOr; who
// shares a call shares its failure. Where one slow call shall not hold up
// everybody who comes, use DoChan and Select, or Forget.
//
// Threads:   every method from any goroutine at once.
// Blocks:    Do, the goroutine only, until the function has returned; the
//            function of whoever came first runs in that goroutine.
// Ordering:  the function's return happens before each Do that shares it
//            returns, and before the receive from each DoChan.
// Failure:   what the function throws is thrown to everybody in Do. If somebody
//            waits in DoChan, who could not catch it, the program ends with it.
//            Goexit in the function ends every goroutine in Do, and closes the
//            channels of DoChan. A function that calls Do for its own key waits
//            for itself: a deadlock. DoChan of no function is fatal, as for Go.
// Types:     K is copied, hashed with Hash and compared with ==, with the group
//            locked: none of that may block. V is copied for everybody who
//            shares it, by several at once.
// Lifetime:  destroy the group when every Do has returned, and every function
//            that DoChan has started. Not copyable.

#ifndef RUNTIME_SINGLEFLIGHT_H_
#define RUNTIME_SINGLEFLIGHT_H_

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/chan.h"
#include "runtime/go.h"
#include "runtime/internal/host.h"
#include "runtime/mutex.h"
#include "runtime/panic.h"
#include "runtime/select.h"
#include "runtime/waitgroup.h"

namespace rt::singleflight {

template <typename V>
struct Result {
  V value;
  bool shared;  // Somebody else got it, too.
};

template <typename K, typename V, typename Hash = std::hash<K>>
class Group {
  static_assert(std::is_copy_constructible_v<V>,
                "everybody who shares a call gets a copy of its value; let it "
                "return a std::shared_ptr to what cannot be copied");

 public:
  using Result = singleflight::Result<V>;

  Group() = default;
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // Do: what f() returns; or, if a call for the key is going on, what that
  // returns, as soon as it does.
  template <typename F>
  Result Do(const K& key, F&& f) {
    std::shared_ptr<Call> call;
    if (Join(key, nullptr, &call)) {
      {
        internal::host::WaitsFor waits_for(&kSharedCall);
        call->done.Wait();
      }
      if (call->error) call->error.Throw();
      if (!call->value.has_value()) Goexit();
      return Result{*call->value, true};
    }
    try {
      call->value.emplace(std::invoke(std::forward<F>(f)));
    } catch (...) {
      call->error = internal::SharedError::Current();  // None for Goexit.
      Leave(key, *call);
      if (call->error && !call->chans.empty()) {
        // In a goroutine where nobody can catch it; and here no handler shall
        // end the program in another way before that.
        rt::Go([error = call->error] { error.Throw(); });
        Select();
      }
      HandOut(*call);
      throw;
    }
    Leave(key, *call);
    HandOut(*call);
    if (call->shared) return Result{*call->value, true};
    return Result{*std::move(call->value), false};
  }

  // DoChan: does not wait, but returns a channel that will receive the result.
  // f runs in a goroutine of its own. Nobody need receive.
  template <typename F>
  [[nodiscard, gnu::always_inline]] RecvChan<Result> DoChan(const K& key,
                                                            F&& f) {
    internal::MustNotBeNil(f);
    Chan<Result> result = MakeChan<Result>(1);
    std::shared_ptr<Call> call;
    if (!Join(key, &result, &call)) {
      rt::Go([this, key, call = std::move(call),
              f = std::decay_t<F>(std::forward<F>(f))]() mutable {
        RunAlone(key, *call, std::move(f));
      });
    }
    return result;
  }

  // Forget: the next Do calls its function even if a call for the key is going
  // on. Those who share that call still do.
  void Forget(const K& key) {
    mu_.Lock();
    calls_.erase(key);
    mu_.Unlock();
  }

 private:
  static constexpr internal::host::Purpose kSharedCall = {
      "the end of a call for the same key, which never comes",
      "the function of a Do neither calls Do for its own key, nor waits for "
      "somebody who does"};

  struct Call {
    // Until the call has left calls_, under mu_; then constant.
    bool shared = false;
    std::vector<Chan<Result>> chans;

    // Written before `done`. Neither: the function ended its goroutine.
    std::optional<V> value;
    internal::SharedError error;

    WaitGroup done;
  };

  // Finds the call for the key, and adds `chan`, if there is one, to it. If
  // there is no call, begins one that the caller has to Run.
  bool Join(const K& key, const Chan<Result>* chan,
            std::shared_ptr<Call>* call) {
    mu_.Lock();
    auto [it, fresh] = calls_.try_emplace(key);
    if (fresh) {
      it->second = std::make_shared<Call>();
      it->second->done.Add(1);
    } else {
      it->second->shared = true;
    }
    *call = it->second;
    if (chan != nullptr) (*call)->chans.push_back(*chan);
    mu_.Unlock();
    return !fresh;
  }

  // In a goroutine of its own, where what f throws ends the program: at the
  // throw, with f still on the stack, since nothing here catches it.
  template <typename F>
  void RunAlone(const K& key, Call& call, F f) {
    struct CloseAtGoexit {
      Group* group;
      const K& key;
      Call& call;
      ~CloseAtGoexit() noexcept(false) {
        if (!internal::host::CurrentG()->exiting) return;
        group->Leave(key, call);
        HandOut(call);
      }
    } close_at_goexit{this, key, call};
    call.value.emplace(std::invoke(std::move(f)));
    Leave(key, call);
    HandOut(call);
  }

  // Nobody joins the call any more. From then on nothing of *this is touched:
  // whoever gets the result may be the last who wanted something of the group.
  void Leave(const K& key, const Call& call) {
    mu_.Lock();
    auto it = calls_.find(key);
    if (it != calls_.end() && it->second.get() == &call) calls_.erase(it);
    mu_.Unlock();
  }

  static void HandOut(Call& call) {
    call.done.Done();
    for (const Chan<Result>& chan : call.chans) {
      if (!call.value.has_value()) {
        chan.Close();
      } else if (call.shared) {
        chan.Send(Result{*call.value, true});
      } else {
        chan.Send(Result{*std::move(call.value), false});
      }
    }
  }

  Mutex mu_;
  std::unordered_map<K, std::shared_ptr<Call>, Hash> calls_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace rt::singleflight

#endif  // RUNTIME_SINGLEFLIGHT_H_
