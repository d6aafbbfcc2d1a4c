// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/relay.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

#include "adapters/postgres/postgres_test_side.h"

namespace sublet {
namespace {

// What the server says when it waits for a query: "ready", idle.
const std::string kReady{"Z\0\0\0\x05I", 6};

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool send_all(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

struct Relay::Session {
  int client = -1;
  int server = -1;
};

Relay::Relay() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* bare = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listener_, bare, size) == 0);
  REQUIRE(::listen(listener_, 16) == 0);
  REQUIRE(::getsockname(listener_, bare, &size) == 0);
  REQUIRE(::pipe2(wake_, O_CLOEXEC) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  ::close(wake_[1]);
  thread_.join();
  ::close(wake_[0]);
  ::close(listener_);
}

std::string Relay::connection() const {
  return "host=127.0.0.1 user=sublet dbname=sublet sslmode=disable port=" + std::to_string(port_);
}

void Relay::answer_next(std::string instead) {
  instead_ = std::move(instead);
  answers_ = true;
}

void Relay::drop_at(std::string text) {
  drop_at_ = std::move(text);
  drops_ = true;
}

void Relay::serve() {
  for (;;) {
    std::vector<pollfd> polled = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Session& session : all_) {
      polled.push_back({session.client, POLLIN, 0});
      polled.push_back({session.server, POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0 || polled[0].revents != 0) break;
    std::vector<Session> left;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      Session& session = all_[i];
      const bool stays = (polled[2 + 2 * i].revents == 0 || from_client(session)) &&
                         (polled[3 + 2 * i].revents == 0 || from_server(session));
      if (stays) {
        left.push_back(session);
        continue;
      }
      ::close(session.client);
      ::close(session.server);
    }
    all_ = std::move(left);
    if (polled[1].revents != 0) accept_one();
  }
  for (const Session& session : all_) {
    ::close(session.client);
    ::close(session.server);
  }
}

void Relay::accept_one() {
  Session session;
  session.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  session.server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(the_server().port());
  const auto* bare = reinterpret_cast<const sockaddr*>(&address);
  ++sessions_;
  if (session.client >= 0 && ::connect(session.server, bare, sizeof address) == 0) {
    all_.push_back(session);
    return;
  }
  ::close(session.client);
  ::close(session.server);
}

bool Relay::from_client(Session& session) const {
  std::array<char, 65'536> bytes;
  const ssize_t size = ::recv(session.client, bytes.data(), bytes.size(), 0);
  if (size <= 0) return false;
  const std::string_view said(bytes.data(), static_cast<std::size_t>(size));
  if (drops_ && said.find(drop_at_) != said.npos) return false;
  return send_all(session.server, bytes.data(), static_cast<std::size_t>(size));
}

bool Relay::from_server(Session& session) {
  std::array<char, 65'536> bytes;
  const ssize_t size = ::recv(session.server, bytes.data(), bytes.size(), 0);
  if (size <= 0) return false;
  const std::string said(bytes.data(), static_cast<std::size_t>(size));
  if (answers_ && said.find(kReady) != std::string::npos) {
    answers_ = false;
    (void)send_all(session.client, instead_.data(), instead_.size());
    return false;
  }
  return send_all(session.client, said.data(), said.size());
}

std::string fatal_message(const std::string& state, const std::string& text) {
  std::string fields;
  for (const std::string& field :
       {"S" + std::string("FATAL"), "V" + std::string("FATAL"), "C" + state, "M" + text}) {
    fields += field;
    fields += '\0';
  }
  fields += '\0';
  const auto size = static_cast<std::uint32_t>(fields.size() + 4);
  std::string message = "E";
  for (const int shift : {24, 16, 8, 0}) message += static_cast<char>(size >> shift & 0xff);
  return message + fields;
}

}  // namespace sublet
