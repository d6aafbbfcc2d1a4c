// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "adapters/postgres/postgres_test_side.h"

// Peers that are no PostgreSQL.
namespace sublet {
namespace {

// Accepts, and says the same to everybody. Empty: nothing.
class Peer {
 public:
  explicit Peer(std::string says) : says_(std::move(says)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* bare = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, bare, size) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    REQUIRE(::getsockname(listener_, bare, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Peer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    for (const int socket : accepted_) ::close(socket);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  PostgresKeyValueOptions options() const {
    PostgresKeyValueOptions options;
    options.connection = "host=127.0.0.1 user=u dbname=d port=" + std::to_string(port_);
    options.connect_timeout = std::chrono::milliseconds(200);
    options.statement_timeout = std::chrono::milliseconds(50);
    return options;
  }

 private:
  void serve() {
    for (int socket = 0; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      accepted_.push_back(socket);
      (void)::send(socket, says_.data(), says_.size(), MSG_NOSIGNAL);
    }
  }

  const std::string says_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> accepted_;
  std::thread thread_;
};

void expect_unavailable(const std::string& says) {
  const Peer peer(says);
  const Error error = open_error(peer.options());
  CHECK(error.code == ErrorCode::kUnavailable);
  CHECK_FALSE(error.message.empty());
}

const std::string kWelcome{"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", 15};  // authenticated, ready

}  // namespace

TEST_CASE("postgres: a peer that accepts and says nothing is given up in time") {
  expect_unavailable("");
}

TEST_CASE("postgres: a peer that speaks something else is given up") {
  expect_unavailable("HTTP/1.1 400 Bad Request\r\n\r\n");
  expect_unavailable("N" + std::string(100'000, '\xff'));
  expect_unavailable(std::string("R\0\0\0\x08\0\0\0\x63", 9));      // asks for an unknown password
  expect_unavailable(std::string("R\x7f\xff\xff\xff\0\0\0\0", 9));  // a message of 2 GiB
}

TEST_CASE("postgres: a peer that welcomes and then is silent is given up in time") {
  expect_unavailable("N" + kWelcome);
  expect_unavailable(kWelcome);
}

TEST_CASE("postgres: a peer that welcomes and then says nonsense is given up") {
  expect_unavailable(kWelcome + std::string(1000, 'x'));
  expect_unavailable(kWelcome + std::string("T\0\0\0\x06\0\x01Z\0\0\0\x05I", 13));
  expect_unavailable(kWelcome + std::string("C\0\0\0\x09SET\0\0Z\0\0\0\x05I", 16));
}

}  // namespace sublet
