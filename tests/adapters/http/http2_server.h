// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "support/certificates.h"

namespace sublet::test {

// nghttpd of Debian's package nghttp2-server, on 127.0.0.1 at a free port. What is uploaded to it
// comes back.
//
// Ownership: owns the process and its folder.
// Errors: throws std::runtime_error.
class Http2Server {
 public:
  static bool is_installed();

  explicit Http2Server(const Identity& identity);
  ~Http2Server();
  Http2Server(const Http2Server&) = delete;
  Http2Server& operator=(const Http2Server&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace sublet::test
