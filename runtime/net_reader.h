// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Reader: a connection read by lines and by counts, as text protocols need it.
//
//   net::Reader reader(conn);
//   absl::StatusOr<std::string> request = reader.ReadLine();  // "GET /
//   HTTP/1.1"
//   ...
//   absl::StatusOr<std::string> body = reader.ReadString(length);
//
// It reads ahead: once a connection has a Reader, read it through that one
// only.
//
// Threads:   one goroutine at a time.
// Blocks:    the goroutine, as Conn::Read does.
// Failure:   as Conn::Read. The end of the stream is kOutOfRange, "EOF", if
//            there is nothing left, and kDataLoss, "unexpected EOF", if it
//            comes too early. After an error the Reader can be used again, and
//            what has been read by then is not lost.

#ifndef RUNTIME_NET_READER_H_
#define RUNTIME_NET_READER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/net.h"

namespace rt::net {

class Reader {
 public:
  static constexpr size_t kMaxLine = size_t{64} << 10;
  static constexpr size_t kMaxString = size_t{64} << 20;

  explicit Reader(Conn conn) : conn_(std::move(conn)) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The next line without its end, "\n" or "\r\n". The last one may have none.
  // kResourceExhausted if it is longer than `limit` bytes.
  absl::StatusOr<std::string> ReadLine(size_t limit = kMaxLine);

  // The next `size` bytes; kResourceExhausted if that is more than kMaxString:
  // often it is the other end that says how many there are.
  absl::StatusOr<std::string> ReadString(size_t size);

  // The rest; kResourceExhausted if that is more than `limit` bytes.
  absl::StatusOr<std::string> ReadAll(size_t limit = kMaxString);

  const Conn& conn() const { return conn_; }

 private:
  // Reads some more behind what there is. False: the end of the stream.
  absl::StatusOr<bool> Fill();
  std::string Take(size_t size);
  size_t size() const { return buffer_.size() - begin_; }

  Conn conn_;
  std::string buffer_;  // Read, and from begin_ on not taken.
  size_t begin_ = 0;
};

}  // namespace rt::net

#endif  // RUNTIME_NET_READER_H_
