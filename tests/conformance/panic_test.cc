// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The words in which a program dies of what was thrown: one panic or several,
// values of any type, during Goexit.

#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"

namespace rt {
namespace {

struct Death {
  const char* name;
  void (*body)();
  const char* stderr_regex;  // POSIX extended; a dot matches a line's end, too.
};

void PrintTo(const Death& death, std::ostream* out) { *out << death.name; }

struct Account {};

// Throws when it is destroyed, whatever goes on.
struct Thrower {
  ~Thrower() noexcept(false) { throw Panic(text); }
  const char* text;
};

[[gnu::noinline]] void Raise(const char* text) { throw Panic(text); }

[[gnu::noinline]] void Overreach() noexcept {
  try {
    static_cast<void>(std::string().at(1));
  } catch (const Panic&) {
  }
}

[[gnu::noinline]] void ExitAndPassItOn() {
  try {
    throw Panic("recovered");
  } catch (const Panic&) {
    try {
      Goexit();
    } catch (...) {
      throw;
    }
  }
}

const Death kDeaths[] = {
    {"InAHandler",
     [] {
       try {
         throw Panic("first");
       } catch (...) {
         throw Panic("second");
       }
     },
     "^panic: first \\[recovered\\]\n\tpanic: second\n\n"
     "goroutine 1 \\[running\\]:\n.*panic_test.cc:[0-9]+\n"},
    {"InAHandlerInAHandler",
     [] {
       try {
         try {
           throw Panic("first");
         } catch (const Panic&) {
           throw Panic("second");
         }
       } catch (const Panic&) {
         throw Panic("third");
       }
     },
     "^panic: first \\[recovered\\]\n\tpanic: second \\[recovered\\]\n\t"
     "panic: third\n\ngoroutine 1 "},
    {"AfterAHandler",
     [] {
       try {
         throw Panic("first");
       } catch (const Panic&) {
       }
       throw Panic("second");
     },
     "^panic: second\n\ngoroutine 1 "},
    {"ThrownAgain",
     [] {
       try {
         throw Panic("first");
       } catch (...) {
         throw;
       }
     },
     "^panic: first\n\ngoroutine 1 "},
    {"AfterAnotherException",
     [] {
       try {
         static_cast<void>(std::string().at(1));
       } catch (const std::exception&) {
         throw Panic("no first letter");
       }
     },
     "^panic: std::out_of_range: .* \\[recovered\\]\n\tpanic: no first letter\n"
     "\ngoroutine 1 "},
    {"WhilePanicking",
     [] {
       Thrower thrower{"second"};
       throw Panic("first");
     },
     "^panic: first\n\tpanic: second\n\ngoroutine 1 \\[running\\]:\n"
     ".*Thrower.*panic_test.cc:[0-9]+\n"},
    {"InADeferredCallWhilePanicking",
     [] {
       absl::Cleanup deferred = [] { throw Panic("second"); };
       throw Panic("first");
     },
     "^panic: first\n\tpanic: second\n\ngoroutine 1 "},
    {"WhilePanickingOnAnotherThread",
     [] {
       GOMAXPROCS(4);
       absl::Cleanup deferred = [] {
         for (int i = 0; i < 100; ++i) {
           Go([] {
             try {
               throw Panic("another's");
             } catch (const Panic&) {
             }
           });
           Gosched();
         }
         throw Panic("second");
       };
       throw Panic("first");
     },
     "^panic: first\n\tpanic: second\n\ngoroutine 1 "},
    // Where GCC calls std::terminate without the exception.
    {"OfADeferredCall",
     [] {
       auto closed = MakeChan<int>();
       closed.Close();
       absl::Cleanup deferred = [&] {
         std::string text(100, 'x');
         closed.Send(static_cast<int>(text.size()));
       };
     },
     "^panic: send on closed channel\n\ngoroutine 1 \\[running\\]:\n"
     ".*panic_test.cc:[0-9]+\n"},
    {"FromANoexceptFunctionWithAHandler",
     [] {
       []() noexcept {
         try {
           Raise("boom");
         } catch (const std::logic_error&) {
         }
       }();
     },
     "^panic: boom\n\ngoroutine 1 \\[running\\]:\n.*Raise.*"
     "panic_test.cc:[0-9]+\n"},
    {"FromANoexceptFunctionInAHandler",
     [] {
       try {
         throw Panic("first");
       } catch (const Panic&) {
         []() noexcept {
           try {
             Raise("second");
           } catch (const std::logic_error&) {
           }
         }();
       }
     },
     "^panic: first \\[recovered\\]\n\tpanic: second\n\ngoroutine 1 "},
    {"FromANoexceptFunctionWhilePanicking",
     [] {
       absl::Cleanup deferred = [] {
         try {
           Raise("second");
         } catch (const std::logic_error&) {
         }
       };
       throw Panic("first");
     },
     "^panic: first\n\tpanic: second\n\ngoroutine 1 "},
    {"AnotherTypeFromANoexceptFunction",
     [] {
       try {
         Overreach();
       } catch (const std::out_of_range&) {
       }
     },
     // Which it was, not all compilers let us know.
     "^(fatal error: std::terminate with an exception on its way, .*|"
     "panic: std::out_of_range: .*)\n\ngoroutine 1 \\[running\\]:\n"
     ".*panic_test.cc:[0-9]+\n"},
    {"DeferredCallsRecoverTheirOwn",
     [] {
       absl::Cleanup deferred = [] {
         try {
           throw Panic("second");
         } catch (const Panic&) {
         }
       };
       throw Panic("first");
     },
     "^panic: first\n\ngoroutine 1 "},
    {"String", [] { throw std::string("boom"); },
     "^panic: boom\n\ngoroutine 1 \\[running\\]:\n.*panic_test.cc:[0-9]+\n"},
    {"StringView", [] { throw std::string_view("boom"); },
     "^panic: boom\n\ngoroutine 1 "},
    {"Literal", [] { throw "boom"; }, "^panic: boom\n\ngoroutine 1 "},
    {"Int", [] { throw 3; }, "^panic: 3\n\ngoroutine 1 "},
    {"Unsigned", [] { throw 18446744073709551615ull; },
     "^panic: 18446744073709551615\n\ngoroutine 1 "},
    {"Bool", [] { throw true; }, "^panic: true\n\ngoroutine 1 "},
    {"AnotherType", [] { throw Account(); },
     "^panic: rt::.*::Account\n\ngoroutine 1 "},
    {"StringThenPanic",
     [] {
       try {
         throw std::string("boom");
       } catch (const std::string&) {
         throw Panic("second");
       }
     },
     "^panic: boom \\[recovered\\]\n\tpanic: second\n"},

    // In the middle of a Goexit.
    {"InADeferredCallOfGoexit",
     [] {
       absl::Cleanup deferred = [] { throw Panic("hello"); };
       Goexit();
     },
     "^panic: hello\n\ngoroutine 1 \\[running\\]:\n.*panic_test.cc:[0-9]+\n"},
    {"InADeferredCallOfGoexitFromAHandler",
     [] {
       absl::Cleanup deferred = [] { throw Panic("hello"); };
       try {
         throw Panic("recovered");
       } catch (const Panic&) {
         Goexit();
       }
     },
     "^panic: hello\n\ngoroutine 1 "},
    {"ThatLeavesADestructor",
     [] {
       Thrower thrower{"hello"};
       Goexit();
     },
     "^panic: hello\n\ngoroutine 1 "},
    {"GoexitFromANoexceptFunctionInAHandler",
     [] {
       try {
         throw Panic("recovered");
       } catch (const Panic&) {
         []() noexcept { Goexit(); }();
       }
     },
     "^fatal error: rt::Goexit from a noexcept function\n\ngoroutine 1 "},
    {"GoexitFromAHandlerInANoexceptFunction",
     [] {
       []() noexcept {
         try {
           throw Panic("recovered");
         } catch (const Panic&) {
           Goexit();
         }
       }();
     },
     "^fatal error: rt::Goexit from a noexcept function\n\ngoroutine 1 "},
    {"GoexitFromAHandlerThatPassesItOn",
     [] {
       []() noexcept {
         try {
           ExitAndPassItOn();
         } catch (const std::logic_error&) {
         }
       }();
     },
     "^fatal error: rt::Goexit from a noexcept function\n\ngoroutine 1 "},
    {"GoexitWhilePanicking",
     [] {
       absl::Cleanup deferred = [] { Goexit(); };
       throw Panic("first");
     },
     "^fatal error: rt::Goexit from a noexcept function\n\ngoroutine 1 "},
    {"GoexitThatAHandlerInAHandlerStops",
     [] {
       try {
         throw Panic("recovered");
       } catch (const Panic&) {
         try {
           Goexit();
         } catch (...) {
         }
       }
     },
     "^fatal error: no goroutines \\(main called runtime.Goexit\\) - "
     "deadlock!\n$"},
};

void RunAt(const char* procs, void (*body)()) {
  setenv("GOMAXPROCS", procs, /*overwrite=*/1);
  std::exit(rt::Run(body));
}

class PanicTest : public ::testing::TestWithParam<Death> {};

INSTANTIATE_TEST_SUITE_P(Rows, PanicTest, ::testing::ValuesIn(kDeaths),
                         [](const auto& row) { return row.param.name; });

TEST_P(PanicTest, DiesWithItsMessage) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const char* procs : {"1", "2", "4", "16"}) {
    EXPECT_EXIT(RunAt(procs, GetParam().body), ::testing::ExitedWithCode(2),
                GetParam().stderr_regex)
        << "GOMAXPROCS=" << procs;
  }
}

// What a program sees of it.
TEST(PanicReportTest, NamesThePanicsBefore) {
  try {
    try {
      throw Panic("first");
    } catch (const Panic& first) {
      EXPECT_EQ(first.Report(), "panic: first");
      throw Panic("second");
    }
  } catch (const Panic& second) {
    EXPECT_STREQ(second.what(), "second");
    EXPECT_EQ(second.Report(), "panic: first [recovered]\n\tpanic: second");
    Panic copy = second;
    EXPECT_EQ(copy.Report(), second.Report());
  }
}

// Also if a destructor comes back on another thread.
TEST(GoexitTest, DestroysWhatItsHandlersHandled) {
  static std::atomic<int> alive{0};
  struct Counted {
    Counted() { ++alive; }
    Counted(const Counted&) { ++alive; }
    ~Counted() {
      pid_t here = gettid();
      for (int i = 0; i < 1000 && gettid() == here; ++i) {
        Go([] {});  // Wakes another thread.
        Gosched();
      }
      --alive;
    }
  };
  rt::Run([] {
    GOMAXPROCS(4);
    for (int i = 0; i < 100; ++i) {
      Go([] {
        try {
          throw Counted();
        } catch (const Counted&) {
          try {
            throw Counted();
          } catch (const Counted&) {
            try {
              Goexit();
            } catch (...) {
            }
          }
        }
      });
      while (NumGoroutine() > 1) Gosched();
    }
  });
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace rt
