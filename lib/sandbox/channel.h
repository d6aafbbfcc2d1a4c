// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "sandbox/messages.h"
#include "sandbox/shared_region.h"

namespace sublet::sandbox {

// Messages over one stream socket, of which one side speaks at a time. A message is a header of 16
// bytes and its body; a large body lies in the shared region instead.
//
// Single-owner; send() and receive() block until the deadline; one but max() needs a socket with
// send and receive timeouts, after each of which it is looked at.
class Channel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Bodies of more are refused unread.
  static constexpr std::uint64_t kMostBody = (std::uint64_t{256} << 20) + (1u << 20);
  // Up to here a body goes through the socket.
  static constexpr std::size_t kInline = std::size_t{64} << 10;

  enum class Status : std::uint8_t {
    kOk,
    kClosed,   // the other side is gone
    kTimeout,  // not in time
    kGarbage,  // what came is no message
  };
  struct Message {
    MessageType type = MessageType::kFatal;
    std::string_view body;  // until the next call
  };

  Channel(base::UniqueFd socket, SharedRegion region)
      : socket_(std::move(socket)), region_(std::move(region)) {}

  // Goes out with the next send(): for what is not answered.
  void queue(MessageType type, std::string_view body);
  // A body may only use the shared region where the other side speaks next (`answered`).
  Status send(MessageType type, std::string_view body, bool answered = true,
              TimePoint deadline = TimePoint::max());
  Status receive(Message& message, TimePoint deadline = TimePoint::max());
  // Bodies of more are refused unread from here on.
  void limit_bodies(std::uint64_t most) { most_ = std::min(most, kMostBody); }
  // Whether something of a next message has been read.
  bool has_more() const noexcept { return taken_ != filled_; }
  // Whether the other side is known to be gone, without waiting.
  bool closed() const noexcept;
  // Gives back what large messages took.
  void tidy();

  int socket() const noexcept { return socket_.get(); }
  SharedRegion& region() noexcept { return region_; }

 private:
  struct Header;

  Status flush(TimePoint deadline);
  Status read_to(std::size_t size, TimePoint deadline);
  Status take_shared(std::uint64_t size, Message& message);

  base::UniqueFd socket_;
  SharedRegion region_;
  std::string out_;
  std::string in_;  // [taken_, filled_) is not looked at yet
  std::size_t taken_ = 0;
  std::size_t filled_ = 0;
  std::string shared_;  // the copy of a body from the region
  std::size_t shared_used_ = 0;
  std::uint64_t most_ = kMostBody;
};

}  // namespace sublet::sandbox
