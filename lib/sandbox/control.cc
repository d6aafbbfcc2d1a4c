// SPDX-License-Identifier: Apache-2.0
#include "sandbox/control.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sublet::sandbox {
namespace {

constexpr std::size_t kMostDescriptors = 2;

union Ancillary {
  cmsghdr header;  // for its alignment
  char bytes[CMSG_SPACE(kMostDescriptors * sizeof(int))];
};

}  // namespace

bool send_control(int socket, const ControlMessage& message, std::span<const int> descriptors,
                  bool wait) {
  iovec part{const_cast<ControlMessage*>(&message), sizeof message};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  Ancillary ancillary{};
  if (!descriptors.empty()) {
    const std::size_t size = descriptors.size() * sizeof(int);
    packet.msg_control = ancillary.bytes;
    packet.msg_controllen = CMSG_SPACE(size);
    cmsghdr* rights = CMSG_FIRSTHDR(&packet);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
  }
  for (;;) {
    if (::sendmsg(socket, &packet, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)) >= 0) return true;
    if (errno != EINTR) return false;
  }
}

ControlRead receive_control(int socket, int milliseconds, ControlMessage& message,
                            std::vector<base::UniqueFd>& descriptors) {
  pollfd wanted{socket, POLLIN, 0};
  const int ready = ::poll(&wanted, 1, milliseconds);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return ControlRead::kNothing;
  iovec part{&message, sizeof message};
  Ancillary ancillary{};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  packet.msg_control = ancillary.bytes;
  packet.msg_controllen = sizeof ancillary.bytes;
  const ssize_t size = ::recvmsg(socket, &packet, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return ControlRead::kNothing;
  for (cmsghdr* each = size < 0 ? nullptr : CMSG_FIRSTHDR(&packet); each != nullptr;
       each = CMSG_NXTHDR(&packet, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    std::array<int, kMostDescriptors> taken{};
    const std::size_t bytes = each->cmsg_len - CMSG_LEN(0);
    std::memcpy(taken.data(), CMSG_DATA(each), bytes);
    for (std::size_t i = 0; i < bytes / sizeof(int); ++i) descriptors.emplace_back(taken[i]);
  }
  return size == static_cast<ssize_t>(sizeof message) ? ControlRead::kMessage
                                                      : ControlRead::kClosed;
}

}  // namespace sublet::sandbox
