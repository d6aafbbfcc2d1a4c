// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/http2_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "support/http_peer.h"

namespace sublet::test {
namespace {

constexpr const char* kProgram = "/usr/sbin/nghttpd";

bool takes_connections(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool there = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return there;
}

std::uint16_t free_port() {
  return HttpPeer([](PeerConnection&) {}).port();
}

}  // namespace

bool Http2Server::is_installed() { return ::access(kProgram, X_OK) == 0; }

Http2Server::Http2Server(const Identity& identity) : folder_("/tmp/sublet-http2-XXXXXX") {
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no folder");
  const std::string certificate = folder_ + "/certificate", key = folder_ + "/key";
  std::ofstream(certificate) << identity.certificate;
  std::ofstream(key) << identity.key;
  std::ofstream(folder_ + "/hello") << "hello over HTTP/2";
  port_ = free_port();
  std::string port = std::to_string(port_);
  std::string words[] = {kProgram, "--echo-upload", "-a", "127.0.0.1", "-d", folder_, port,
                         key,      certificate};
  char* arguments[std::size(words) + 1] = {};
  for (std::size_t i = 0; i < std::size(words); ++i) arguments[i] = words[i].data();
  if (::posix_spawn(&process_, kProgram, nullptr, nullptr, arguments, environ) != 0) {
    throw std::runtime_error("nghttpd does not start");
  }
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!takes_connections(port_)) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("nghttpd is silent");
    std::this_thread::yield();
  }
}

Http2Server::~Http2Server() {
  (void)::kill(process_, SIGKILL);
  (void)::waitpid(process_, nullptr, 0);
  std::filesystem::remove_all(folder_);
}

}  // namespace sublet::test
