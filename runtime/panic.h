// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Panic: the exception of Go's panics, and of misuse that Go panics at.
//
//   throw rt::Panic("no such user");          // Go's panic("no such user")
//   try { ... } catch (const rt::Panic& p) {  // Go's recover()
//     std::cerr << p.what();
//   }
//
// One that leaves a goroutine ends the program, after the destructors on its
// way have run, with Go's report and exit status 2. To run something on the way
// out as `defer` does, use absl::Cleanup. Any other exception that leaves a
// goroutine ends it likewise, but at the throw: the report can then show where.
//
// As in Go, a report names the panics before the last one: those that were
// being handled, or were still on their way, when that one was made.

#ifndef RUNTIME_PANIC_H_
#define RUNTIME_PANIC_H_

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rt {

namespace internal {
struct PanicData;
}  // namespace internal

class Panic : public std::exception {
 public:
  // Remembers where it was made, for the report.
  explicit Panic(std::string text);

  const char* what() const noexcept override;

  // "panic: no such user", after the panics before it, if there were any.
  std::string Report() const;

  // Return addresses of the calls that led here, the innermost first.
  const std::vector<void*>& stack() const;

 private:
  // Shared: an exception must be copied without throwing.
  std::shared_ptr<const internal::PanicData> data_;
};

namespace internal {

// In a handler: what it handles, in the words of a report.
struct ThrownReport {
  std::string text;          // "panic: boom"; may have several lines.
  std::vector<void*> stack;  // Where it was made; empty if it does not know.
};
ThrownReport DescribeThrown();

// In std::terminate: the Panic that is on its way and has led there. The C++
// runtime does not tell: where a noexcept function has handlers or destructors
// to run, GCC before 14 enters it first and then calls std::terminate, as
// nobody's handler (GCC's bug 97720). Without text if it was no Panic.
ThrownReport DescribeUnhandled();

// The calling goroutine leaves, in a Goexit, whatever it was doing: those of
// its Panics that exist now lead nowhere any more.
void DisownPanics();

// What somebody threw, for several to throw again, at once. Each throws a Panic
// of its own: how the C++ runtime counts those who share one exception,
// ThreadSanitizer cannot see, and takes the end of the last for a race.
class SharedError {
 public:
  SharedError() = default;

  // In a handler: what it handles; nothing if that is no exception (Goexit).
  static SharedError Current();

  explicit operator bool() const { return panic_ || other_ != nullptr; }
  [[noreturn]] void Throw() const;

 private:
  std::optional<Panic> panic_;
  std::exception_ptr other_;
};

}  // namespace internal

}  // namespace rt

#endif  // RUNTIME_PANIC_H_
