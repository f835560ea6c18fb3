// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/sock_addr.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "runtime/blocking.h"
#include "runtime/chan.h"
#include "runtime/context.h"
#include "runtime/go.h"
#include "runtime/select.h"

namespace rt::internal {
namespace {

std::string UnixText(const SockAddr& address) {
  const auto* un = reinterpret_cast<const sockaddr_un*>(&address.storage);
  constexpr size_t kStart = offsetof(sockaddr_un, sun_path);
  size_t size = address.size > kStart ? address.size - kStart : 0;
  if (size == 0) return "@";  // Has no name; Go says so.
  if (un->sun_path[0] == '\0') {
    return "@" + std::string(un->sun_path + 1, size - 1);
  }
  return std::string(un->sun_path, strnlen(un->sun_path, size));
}

Resolved Invalid(std::string_view address, const char* why) {
  Resolved result;
  result.error = "address " + std::string(address) + ": " + why;
  result.code = absl::StatusCode::kInvalidArgument;
  return result;
}

Resolved ResolveUnix(std::string_view path) {
  Resolved result;
  SockAddr address;
  auto* un = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof(un->sun_path)) {
    return Invalid(path, path.empty() ? "empty path" : "path too long");
  }
  un->sun_family = AF_UNIX;
  path.copy(un->sun_path, path.size());
  address.size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (path[0] == '@') {
    un->sun_path[0] = '\0';  // Abstract; its name has no end but the size.
  } else {
    ++address.size;
  }
  result.addresses.push_back(address);
  return result;
}

// Splits "host:port" or "[host]:port"; null, or what is wrong.
const char* SplitHostPort(std::string_view address, std::string* host,
                          std::string* port) {
  size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return "missing port in address";
  std::string_view name = address.substr(0, colon);
  if (!name.empty() && name.front() == '[') {
    size_t end = name.find(']');
    if (end == std::string_view::npos) {
      return address.find(']') == std::string_view::npos
                 ? "missing ']' in address"
                 : "missing port in address";
    }
    if (end + 1 != name.size()) return "too many colons in address";
    name = name.substr(1, end - 1);
  } else if (name.find(':') != std::string_view::npos) {
    return "too many colons in address";
  }
  if (name.find('[') != std::string_view::npos) {
    return "unexpected '[' in address";
  }
  if (name.find(']') != std::string_view::npos) {
    return "unexpected ']' in address";
  }
  *host = name;
  *port = address.substr(colon + 1);
  return nullptr;
}

std::string LowerCaseStart(std::string text) {
  if (!text.empty()) {
    text[0] =
        static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

// What getaddrinfo has found.
struct Answer {
  struct Free {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
  };
  int error = 0;
  std::unique_ptr<addrinfo, Free> list;
};

// `host` may be empty: no name.
Answer LookUp(const std::string& host, const std::string& port,
              const addrinfo& hints) {
  Answer answer;
  addrinfo* list = nullptr;
  answer.error = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                             port.c_str(), &hints, &list);
  if (answer.error != 0 && host == "localhost" &&
      !(hints.ai_flags & AI_NUMERICHOST)) {
    // This machine, also where no file of hosts says so (RFC 6761, 6.3).
    addrinfo loopback = hints;
    loopback.ai_flags &= ~AI_PASSIVE;
    answer.error = getaddrinfo(nullptr, port.c_str(), &loopback, &list);
  }
  if (answer.error == 0) answer.list.reset(list);
  return answer;
}

// Nothing if ctx was done first. Then the call, which cannot be interrupted, is
// left to end by itself.
std::optional<Answer> LookUpWithin(const Context& ctx, const std::string& host,
                                   const std::string& port,
                                   const addrinfo& hints) {
  if (!ctx.Done()) {
    return rt::Blocking([&] { return LookUp(host, port, hints); });
  }
  if (!ctx.Err().ok()) return std::nullopt;
  auto answers = MakeChan<Answer>(1);
  rt::Go([=] {
    answers.Send(rt::Blocking([&] { return LookUp(host, port, hints); }));
  });
  std::optional<Answer> result;
  rt::Select(
      OnRecv(answers, [&](std::optional<Answer> a) { result = std::move(a); }),
      OnRecv(ctx.Done()));
  return result;
}

std::string LookUpError(std::string_view host, std::string_view port,
                        int error) {
  switch (error) {
    case EAI_SERVICE:
      return "lookup tcp/" + std::string(port) + ": unknown port";
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return "lookup " + std::string(host) + ": no such host";
    default:
      return "lookup " + std::string(host) + ": " +
             LowerCaseStart(gai_strerror(error));
  }
}

}  // namespace

std::string SockAddr::Text() const {
  if (size == 0) return "";
  if (family() == AF_UNIX) return UnixText(*this);
  SockAddr plain = *this;
  if (family() == AF_INET6) {
    // An IPv4 peer of a socket for both is shown as what it is.
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
      sockaddr_in in = {};
      in.sin_family = AF_INET;
      in.sin_port = in6->sin6_port;
      std::memcpy(&in.sin_addr, &in6->sin6_addr.s6_addr[12], 4);
      std::memcpy(&plain.storage, &in, sizeof(in));
      plain.size = sizeof(in);
    }
  }
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getnameinfo(plain.get(), plain.size, host, sizeof(host), port,
                  sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  std::string name = host;
  if (plain.family() == AF_INET6) name = "[" + name + "]";
  return name + ":" + port;
}

int SockAddr::Port() const {
  if (size == 0) return 0;
  switch (family()) {
    case AF_INET:
      return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
    case AF_INET6:
      return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    default:
      return 0;
  }
}

SockAddr LocalAddrOf(int fd) {
  SockAddr address;
  if (getsockname(fd, address.get(), &address.size) != 0) address.size = 0;
  return address;
}

SockAddr RemoteAddrOf(int fd) {
  SockAddr address;
  if (getpeername(fd, address.get(), &address.size) != 0) address.size = 0;
  return address;
}

Resolved Resolve(const Context& ctx, std::string_view network,
                 std::string_view address, bool passive) {
  if (network == "unix") return ResolveUnix(address);
  std::string host;
  std::string port;
  if (const char* why = SplitHostPort(address, &host, &port)) {
    return Invalid(address, why);
  }
  if (port.empty()) port = "0";
  bool number = std::all_of(port.begin(), port.end(), [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
  if (number && (port.size() > 5 || std::stoi(port) > 65535)) {
    return Invalid(port, "invalid port");
  }

  addrinfo hints = {};
  hints.ai_family = network == "tcp4"   ? AF_INET
                    : network == "tcp6" ? AF_INET6
                                        : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | (passive ? AI_PASSIVE : 0);
  Answer answer = LookUp(host, port, hints);
  Resolved result;
  if (answer.error != 0 && !host.empty()) {
    // Not a number: ask, which may take seconds.
    hints.ai_flags &= ~AI_NUMERICHOST;
    std::optional<Answer> asked = LookUpWithin(ctx, host, port, hints);
    if (!asked.has_value()) {
      absl::Status over = ctx.Err();
      result.error =
          "lookup " + host + ": " +
          (absl::IsDeadlineExceeded(over) ? "i/o timeout"
                                          : "operation was canceled");
      result.code = over.code();
      return result;
    }
    answer = *std::move(asked);
  }
  if (answer.error != 0) {
    result.error = LookUpError(host, port, answer.error);
    return result;
  }
  for (const addrinfo* at = answer.list.get(); at != nullptr;
       at = at->ai_next) {
    SockAddr one;
    std::memcpy(&one.storage, at->ai_addr, at->ai_addrlen);
    one.size = at->ai_addrlen;
    result.addresses.push_back(one);
  }
  result.wildcard = host.empty();
  return result;
}

}  // namespace rt::internal
