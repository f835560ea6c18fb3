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

#ifndef RUNTIME_PANIC_H_
#define RUNTIME_PANIC_H_

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace rt {

class Panic : public std::exception {
 public:
  // Remembers where it was made, for the report.
  explicit Panic(std::string text);

  const char* what() const noexcept override { return data_->text.c_str(); }

  // Return addresses of the calls that led here, the innermost first.
  const std::vector<void*>& stack() const { return data_->stack; }

 private:
  struct Data {
    std::string text;
    std::vector<void*> stack;
  };
  // Shared: an exception must be copied without throwing.
  std::shared_ptr<const Data> data_;
};

}  // namespace rt

#endif  // RUNTIME_PANIC_H_
