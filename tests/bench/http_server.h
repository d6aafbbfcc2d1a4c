// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace sublet::bench {

// The host that the server's certificate is for; it is at 127.0.0.1.
inline constexpr char kServerName[] = "peer.test";
// What is asked of this path is answered after so long; everything else at once, with 1 KB of JSON.
inline constexpr char kSlowPath[] = "/slow";
inline constexpr int kSlowAnswerSeconds = 10;

// An HTTP/1.1 server with TLS on loopback, in a process of its own, so that what it costs is nobody
// else's. To be started before this process has threads.
//
// Ownership: owns the process, and a file with the authority's certificate.
class HttpServer {
 public:
  HttpServer();
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  const std::string& authority_file() const noexcept { return authority_file_; }

 private:
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
  std::string authority_file_;
};

}  // namespace sublet::bench
