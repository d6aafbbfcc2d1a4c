// SPDX-License-Identifier: Apache-2.0
#include "sandbox/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sublet::sandbox {

struct Channel::Header {
  std::uint64_t size = 0;
  MessageType type = MessageType::kFatal;
  std::uint8_t shared = 0;
  std::uint8_t zero[6] = {};
};

namespace {

// What is read ahead, and the step in which a large body's memory grows: a header alone never makes
// anybody allocate what it promises.
constexpr std::size_t kReadAhead = std::size_t{16} << 10;
constexpr std::size_t kGrowth = std::size_t{1} << 20;
// Memory that a large message took is kept for the next one up to here.
constexpr std::size_t kKept = std::size_t{256} << 10;

bool passed(Channel::TimePoint deadline) {
  return deadline != Channel::TimePoint::max() && std::chrono::steady_clock::now() >= deadline;
}

void trim(std::string& buffer) {
  if (buffer.capacity() <= kKept) return;
  buffer.clear();
  buffer.shrink_to_fit();
}

}  // namespace

void Channel::queue(MessageType type, std::string_view body) {
  Header header;
  header.size = body.size();
  header.type = type;
  out_.append(reinterpret_cast<const char*>(&header), sizeof header);
  out_.append(body);
}

Channel::Status Channel::send(MessageType type, std::string_view body, bool answered,
                              TimePoint deadline) {
  char* memory = answered && body.size() > kInline && body.size() <= SharedRegion::kSize
                     ? region_.map()
                     : nullptr;
  if (memory == nullptr) {
    queue(type, body);
    return flush(deadline);
  }
  std::memcpy(memory, body.data(), body.size());
  shared_used_ = std::max(shared_used_, body.size());
  Header header;
  header.size = body.size();
  header.type = type;
  header.shared = 1;
  out_.append(reinterpret_cast<const char*>(&header), sizeof header);
  return flush(deadline);
}

// What was not sent by the deadline is dropped: the other side cannot make sense of anything after.
Channel::Status Channel::flush(TimePoint deadline) {
  std::size_t sent = 0;
  Status status = Status::kOk;
  while (sent < out_.size() && status == Status::kOk) {
    const ssize_t count =
        ::send(socket_.get(), out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (count > 0) sent += static_cast<std::size_t>(count);
    if (count < 0 && errno != EINTR && errno != EAGAIN) status = Status::kClosed;
    if (status == Status::kOk && sent < out_.size() && passed(deadline)) status = Status::kTimeout;
  }
  out_.clear();
  return status;
}

// Has at least `size` bytes from taken_ on. The deadline holds for all of them together, however
// slowly they trickle in.
Channel::Status Channel::read_to(std::size_t size, TimePoint deadline) {
  while (filled_ - taken_ < size) {
    if (taken_ > 0) {
      std::memmove(in_.data(), in_.data() + taken_, filled_ - taken_);
      filled_ -= taken_;
      taken_ = 0;
    }
    if (filled_ == in_.size()) in_.resize(in_.empty() ? kReadAhead : in_.size() + kGrowth);
    const ssize_t count = ::recv(socket_.get(), in_.data() + filled_, in_.size() - filled_, 0);
    if (count > 0) {
      filled_ += static_cast<std::size_t>(count);
      if (filled_ - taken_ >= size) return Status::kOk;
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      return Status::kClosed;
    }
    if (passed(deadline)) return Status::kTimeout;
  }
  return Status::kOk;
}

Channel::Status Channel::receive(Message& message, TimePoint deadline) {
  if (taken_ == filled_) taken_ = filled_ = 0;
  if (const Status read = read_to(sizeof(Header), deadline); read != Status::kOk) return read;
  Header header;
  std::memcpy(&header, in_.data() + taken_, sizeof header);
  const bool known = static_cast<std::uint8_t>(header.type) < kMessageTypes && header.shared <= 1;
  if (!known || header.size > most_) return Status::kGarbage;
  message.type = header.type;
  if (header.shared == 1) {
    taken_ += sizeof header;
    return take_shared(header.size, message);
  }
  const std::size_t whole = sizeof header + header.size;
  if (const Status read = read_to(whole, deadline); read != Status::kOk) return read;
  message.body = std::string_view(in_).substr(taken_ + sizeof header, header.size);
  taken_ += whole;
  return Status::kOk;
}

Channel::Status Channel::take_shared(std::uint64_t size, Message& message) {
  const char* memory = size <= SharedRegion::kSize ? region_.map() : nullptr;
  if (memory == nullptr) return Status::kGarbage;
  shared_used_ = std::max<std::size_t>(shared_used_, size);
  shared_.assign(memory, size);
  message.body = shared_;
  return Status::kOk;
}

bool Channel::closed() const noexcept {
  char byte = 0;
  const ssize_t count = ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

void Channel::tidy() {
  if (shared_used_ > 0) region_.discard(std::exchange(shared_used_, 0));
  trim(shared_);
  trim(out_);
  if (taken_ == filled_) {
    taken_ = filled_ = 0;
    trim(in_);
  }
}

}  // namespace sublet::sandbox
