// SPDX-License-Identifier: Apache-2.0
#include "sandbox/channel.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace sublet::sandbox {
namespace {

using Status = Channel::Status;

// Both ends in one process; the region is mapped twice, as in two.
struct Ends {
  Ends() {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
    const timeval tick{0, 10'000};
    ::setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    ::setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &tick, sizeof tick);
    SharedRegion region = SharedRegion::create();
    REQUIRE(region.fd() >= 0);
    SharedRegion copy = SharedRegion::adopt(base::UniqueFd(::dup(region.fd())));
    raw = fds[1];
    host.emplace(base::UniqueFd(fds[0]), std::move(region));
    process.emplace(base::UniqueFd(fds[1]), std::move(copy));
  }
  int raw = -1;
  std::optional<Channel> host;
  std::optional<Channel> process;
};

TEST_CASE("channel: messages arrive in order, queued ones with the next that is sent") {
  Ends ends;
  ends.host->queue(MessageType::kWarn, "1");
  ends.host->queue(MessageType::kDrop, "");
  REQUIRE(ends.host->send(MessageType::kStart, "3") == Status::kOk);
  Channel::Message message;
  for (const auto& [type, body] :
       {std::pair{MessageType::kWarn, "1"}, {MessageType::kDrop, ""}, {MessageType::kStart, "3"}}) {
    REQUIRE(ends.process->receive(message) == Status::kOk);
    CHECK(message.type == type);
    CHECK(message.body == body);
  }
}

TEST_CASE("channel: large bodies go through shared memory, and larger ones through the socket") {
  Ends ends;
  for (const std::size_t size : {Channel::kInline, Channel::kInline + 1, std::size_t{5} << 20,
                                 SharedRegion::kSize, SharedRegion::kSize + 1}) {
    const std::string body(size, 'x');
    std::thread sender([&] { CHECK(ends.host->send(MessageType::kStart, body) == Status::kOk); });
    Channel::Message message;
    CHECK(ends.process->receive(message) == Status::kOk);
    CHECK(message.body == body);
    sender.join();
    ends.host->tidy();
    ends.process->tidy();
  }
}

TEST_CASE("channel: the other side's end shows, and a silent one ends at the deadline") {
  Ends ends;
  Channel::Message message;
  CHECK_FALSE(ends.host->closed());
  CHECK(ends.host->receive(message, std::chrono::steady_clock::now()) == Status::kTimeout);
  ends.process.reset();
  CHECK(ends.host->closed());
  CHECK(ends.host->receive(message) == Status::kClosed);
  CHECK(ends.host->send(MessageType::kStart, "x") == Status::kClosed);
}

TEST_CASE("channel: a side that reads nothing holds a sender until the deadline only") {
  Ends ends;
  const std::string body(Channel::kInline, 'x');
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  Status status = Status::kOk;
  for (int sent = 0; sent < 1000 && status == Status::kOk; ++sent) {
    status = ends.host->send(MessageType::kStart, body, true, soon);
  }
  CHECK(status == Status::kTimeout);
}

TEST_CASE("channel: bytes that trickle in hold a reader until the deadline only") {
  Ends ends;
  const std::array<std::uint8_t, 16> header = {0, 0, 0, 16, 0, 0, 0, 0, 3};  // 256 MiB
  REQUIRE(::send(ends.raw, header.data(), header.size(), 0) == 16);
  std::atomic<bool> over{false};
  std::thread trickle([&] {
    while (!over) {
      (void)::send(ends.raw, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
      std::this_thread::yield();
    }
  });
  Channel::Message message;
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  CHECK(ends.host->receive(message, soon) == Status::kTimeout);
  over = true;
  trickle.join();
}

TEST_CASE("channel: a header that promises too much, or names no message, is garbage") {
  for (const std::array<std::uint8_t, 16>& header :
       {std::array<std::uint8_t, 16>{0, 0, 0, 0, 1, 0, 0, 0, 3},
        std::array<std::uint8_t, 16>{0, 0, 0, 0, 0, 0, 0, 0, 200},
        std::array<std::uint8_t, 16>{0, 0, 0, 0, 0, 0, 0, 0, 3, 2},
        std::array<std::uint8_t, 16>{1, 0, 0, 2, 0, 0, 0, 0, 3, 1}}) {
    Ends ends;
    REQUIRE(::send(ends.raw, header.data(), header.size(), 0) == 16);
    Channel::Message message;
    CHECK(ends.host->receive(message) == Status::kGarbage);
  }
}

TEST_CASE("channel: a body that never comes costs no memory, whatever its header says") {
  Ends ends;
  const std::array<std::uint8_t, 16> header = {0, 0, 0, 16, 0, 0, 0, 0, 3};  // 256 MiB
  REQUIRE(::send(ends.raw, header.data(), header.size(), 0) == 16);
  Channel::Message message;
  CHECK(ends.host->receive(message, std::chrono::steady_clock::now()) == Status::kTimeout);
}

}  // namespace
}  // namespace sublet::sandbox
