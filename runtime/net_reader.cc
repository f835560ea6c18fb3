// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/net_reader.h"

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/net.h"

namespace rt::net {
namespace {

absl::Status TooLong(const char* what, size_t limit) {
  return absl::ResourceExhaustedError(std::string(what) + " of more than " +
                                      std::to_string(limit) + " bytes");
}

}  // namespace

absl::StatusOr<bool> Reader::Fill() {
  constexpr size_t kPiece = 4096;
  buffer_.erase(0, begin_);
  begin_ = 0;
  size_t before = buffer_.size();
  buffer_.resize(before + kPiece);
  absl::StatusOr<size_t> got = conn_.Read(std::span(buffer_).subspan(before));
  buffer_.resize(before + (got.ok() ? *got : 0));
  if (!got.ok()) return got.status();
  return *got > 0;
}

std::string Reader::Take(size_t size) {
  std::string taken = buffer_.substr(begin_, size);
  begin_ += taken.size();
  return taken;
}

absl::StatusOr<std::string> Reader::ReadLine(size_t limit) {
  for (size_t looked = 0;;) {
    size_t end = buffer_.find('\n', begin_ + looked);
    if (end != std::string::npos) {
      size_t length = end - begin_;
      bool has_return = length > 0 && buffer_[end - 1] == '\r';
      if (length - has_return > limit) return TooLong("a line", limit);
      std::string line = Take(length - has_return);
      begin_ = end + 1;
      return line;
    }
    looked = size();
    // One more may be the '\r' of its end.
    if (looked > limit + 1) return TooLong("a line", limit);
    absl::StatusOr<bool> more = Fill();
    if (!more.ok()) return more.status();
    if (*more) continue;
    if (size() == 0) return absl::OutOfRangeError("EOF");
    if (size() > limit) return TooLong("a line", limit);
    return Take(size());
  }
}

absl::StatusOr<std::string> Reader::ReadString(size_t size) {
  if (size > kMaxString) return TooLong("a string", kMaxString);
  while (this->size() < size) {
    absl::StatusOr<bool> more = Fill();
    if (!more.ok()) return more.status();
    if (!*more) {
      return this->size() == 0 ? absl::OutOfRangeError("EOF")
                               : absl::DataLossError("unexpected EOF");
    }
  }
  return Take(size);
}

absl::StatusOr<std::string> Reader::ReadAll(size_t limit) {
  for (;;) {
    if (size() > limit) return TooLong("a stream", limit);
    absl::StatusOr<bool> more = Fill();
    if (!more.ok()) return more.status();
    if (!*more) return Take(size());
  }
}

}  // namespace rt::net
