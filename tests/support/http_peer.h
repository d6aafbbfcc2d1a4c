// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "support/certificates.h"

namespace sublet::test {

class HttpPeer;

// A connection as the peer's program sees it: bytes, so that every fault can be made.
//
// Thread safety: none; on its own thread.
class PeerConnection {
 public:
  ~PeerConnection();
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  // The next request with its body, by Content-Length. Empty: there is none any more.
  std::string read_request();
  // So many bytes; fewer: there are no more.
  std::string read_bytes(std::size_t count);
  // False: the other side is gone.
  bool write(std::string_view bytes);
  // An answer of status 200 with Content-Length.
  bool write_answer(std::string_view body, std::string_view headers = "");
  // Waits until the other side ends the connection, or the peer.
  void wait_closed();
  // The same, and leaves what comes where it is.
  void wait_without_reading();
  // Ends it with a reset.
  void reset();
  // From 1, in the order in which they came.
  int number() const noexcept { return number_; }

 private:
  friend class HttpPeer;
  struct Tls;
  PeerConnection(int socket, int number, HttpPeer& peer);
  bool begin_tls();
  // Appends to buffered_; false at the end.
  bool read_more();

  int socket_;
  int number_;
  bool over_ = false;
  HttpPeer& peer_;
  std::unique_ptr<Tls> tls_;
  std::string buffered_;
};

// A server on loopback at a free port, which does with each connection what its program says, on a
// thread for each.
//
// Ownership: owns its sockets and threads; the destructor ends all connections and waits.
// Thread safety: the numbers may be read by any thread.
// Errors: throws std::runtime_error where it does not start.
class HttpPeer {
 public:
  using Program = std::function<void(PeerConnection&)>;
  struct Options {
    std::optional<Identity> identity;  // none: without TLS
    bool ipv6 = false;
    std::string address = "127.0.0.1";  // one of 127.0.0.0/8, where it is not ipv6
    std::uint16_t port = 0;             // 0: a free one
    bool only_tls_1_1 = false;
    bool http2 = false;  // what TLS agrees on; the program speaks it
  };

  HttpPeer(Options options, Program program);
  explicit HttpPeer(Program program) : HttpPeer(Options{}, std::move(program)) {}
  ~HttpPeer();
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  // "http://host:port/path"
  std::string url(const std::string& host, const std::string& path = "/") const;
  int connections() const noexcept { return connections_; }
  int requests() const noexcept { return requests_; }
  // Waits until it has ended so many connections.
  void wait_until_closed(int connections);

 private:
  friend class PeerConnection;
  void listen();
  void accept_all();
  void serve(int socket, int number);

  const Options options_;
  const Program program_;
  std::shared_ptr<void> context_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0}, requests_{0};
  std::mutex mutex_;
  bool ending_ = false;
  int closed_ = 0;
  std::condition_variable one_closed_;
  std::list<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sublet::test
