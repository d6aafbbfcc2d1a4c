// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sublet/result.h"

extern "C" {
struct pg_conn;
}

namespace sublet::adapters::postgres {

// What a connection is made with.
class ConnectSettings {
 public:
  // kInvalidArgument: it is no connection string. What libpq says of it may quote a password, and
  // is not passed on.
  static Result<ConnectSettings> make(const std::string& connection,
                                      std::chrono::milliseconds timeout);

  // Begins to connect; null: no memory. Names are looked up here, which waits for the system's
  // resolver: hosts that cannot afford that give addresses (hostaddr=).
  pg_conn* begin() const;

  // For all hosts that the string names.
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }
  // A text without the string's password.
  std::string scrubbed(std::string text) const;

 private:
  std::string connection_;
  std::string unanswered_for_;  // milliseconds after which the system gives a peer up
  std::vector<std::string> secrets_;
  std::chrono::milliseconds timeout_{};
};

}  // namespace sublet::adapters::postgres
