// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sublet::test {

// A DNS server on 127.0.0.1 over UDP at a free port, which answers what its program says.
//
// Ownership: owns its socket and thread.
// Thread safety: the program runs on the server's thread.
// Errors: throws std::runtime_error where it does not start.
class DnsPeer {
 public:
  struct Answer {
    int code = 0;                        // 3: no such name; 2: a failure of the server
    std::vector<std::string> addresses;  // of the family that was asked for
    std::string alias = {};              // the name that the one asked for stands for (CNAME)
    unsigned char ttl = 1;               // in seconds
  };
  // For a name in lower case; nothing: it keeps silent.
  using Program = std::function<std::optional<Answer>(const std::string& name, bool ipv6)>;

  explicit DnsPeer(Program program);
  ~DnsPeer();
  DnsPeer(const DnsPeer&) = delete;
  DnsPeer& operator=(const DnsPeer&) = delete;

  // "127.0.0.1:port"
  std::string address() const;
  int questions() const noexcept { return questions_; }

 private:
  void serve();

  const Program program_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<int> questions_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace sublet::test
