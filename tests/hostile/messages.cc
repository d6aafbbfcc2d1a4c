// SPDX-License-Identifier: Apache-2.0
#include "hostile/messages.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

namespace sublet::hostile {

bool Messages::send(const nlohmann::json& message) {
  // What a program prints or throws need not be UTF-8.
  const std::string line =
      message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t n = ::send(descriptor_, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

std::optional<nlohmann::json> Messages::receive(int timeout_ms) {
  while (!closed_) {
    if (auto message = take_line()) return message;
    pollfd ready{descriptor_, POLLIN, 0};
    const int n = poll(&ready, 1, timeout_ms);
    if (n == 0) return std::nullopt;
    char buffer[65536];
    const ssize_t got = n < 0 ? -1 : recv(descriptor_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      closed_ = true;
    } else {
      pending_.append(buffer, static_cast<std::size_t>(got));
    }
  }
  return std::nullopt;
}

std::optional<nlohmann::json> Messages::take_line() {
  const std::size_t end = pending_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  auto message = nlohmann::json::parse(pending_.substr(0, end), nullptr, false);
  pending_.erase(0, end + 1);
  if (message.is_discarded()) {
    closed_ = true;
    return std::nullopt;
  }
  return message;
}

}  // namespace sublet::hostile
