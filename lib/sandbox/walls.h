// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sublet::sandbox {

// What stands between a sandboxed process and everything else, each by itself.
enum class Wall : std::uint8_t {
  kNoNewPrivileges,  // nothing that it could execute gives it any
  kNoCapabilities,
  kUnprivilegedUser,  // not root, whatever the host is
  kNoDescriptors,     // but those it was given
  kNoEnvironment,
  kNotDumpable,  // no core dumps, no tracing by processes of the same user
  kResourceLimits,
  kDiesWithParent,
  kUserNamespace,
  kEmptyRoot,         // a mount namespace with nothing in it
  kNetworkNamespace,  // without interfaces
  kIpcNamespace,
  kUtsNamespace,
  kFilesRefused,     // Landlock: no file, no TCP
  kSignalsConfined,  // Landlock: no signals, no abstract sockets out of it
  kSyscallFilter,
};
inline constexpr int kWalls = static_cast<int>(Wall::kSyscallFilter) + 1;

// The stable name of a wall: "network_namespace".
std::string_view to_string(Wall wall) noexcept;

class Walls {
 public:
  Walls() = default;
  Walls(std::initializer_list<Wall> walls) {
    for (const Wall wall : walls) add(wall);
  }
  void add(Wall wall) noexcept { bits_ |= 1u << static_cast<int>(wall); }
  void add_if(bool stands, Wall wall) noexcept {
    bits_ |= (stands ? 1u : 0u) << static_cast<int>(wall);
  }
  void add(Walls others) noexcept { bits_ |= others.bits_; }
  bool has(Wall wall) const noexcept { return (bits_ >> static_cast<int>(wall) & 1u) != 0; }

  // Names, separated by commas, and back; unknown names are passed over.
  std::string names() const;
  static Walls parse(std::string_view names);

  friend bool operator==(const Walls&, const Walls&) = default;

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace sublet::sandbox
