// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace sublet::hostile {

// Lines of JSON over one end of a socket pair.
//
// Ownership: borrows the descriptor.
// Thread safety: single-owner.
// Blocking: receive() as told; send() while the other side does not read.
// Errors: an end of the file, and what is no JSON, is `closed`.
class Messages {
 public:
  explicit Messages(int descriptor) : descriptor_(descriptor) {}

  bool send(const nlohmann::json& message);
  // Nothing within so many milliseconds, or closed. -1: waits for ever.
  std::optional<nlohmann::json> receive(int timeout_ms);
  bool closed() const { return closed_; }

 private:
  std::optional<nlohmann::json> take_line();

  int descriptor_;
  bool closed_ = false;
  std::string pending_;
};

}  // namespace sublet::hostile
