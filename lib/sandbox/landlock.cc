// SPDX-License-Identifier: Apache-2.0
#include "sandbox/landlock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

// The kernel's headers that this builds with may be older than the kernel that it runs on: the
// interface is written down here.
namespace sublet::sandbox {
namespace {

#if defined(__NR_landlock_create_ruleset)

struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

constexpr unsigned kAskVersion = 1;
constexpr std::uint64_t kTcp = 0b11;     // bind, connect
constexpr std::uint64_t kScopes = 0b11;  // abstract sockets, signals
constexpr long kTcpSince = 4;
constexpr long kScopesSince = 6;

// Every right to files that a version of the interface knows.
constexpr std::uint64_t rights_to_files(long version) {
  int rights = 13;
  if (version >= 2) ++rights;  // renaming across folders
  if (version >= 3) ++rights;  // truncating
  if (version >= 5) ++rights;  // ioctl on devices
  return (std::uint64_t{1} << rights) - 1;
}

#endif

}  // namespace

Walls enter_landlock() noexcept {
#if defined(__NR_landlock_create_ruleset)
  const long version = ::syscall(__NR_landlock_create_ruleset, nullptr, 0, kAskVersion);
  if (version < 1) return {};
  RulesetAttributes attributes;
  attributes.files = rights_to_files(version);
  if (version >= kTcpSince) attributes.network = kTcp;
  if (version >= kScopesSince) attributes.scoped = kScopes;
  const long ruleset = ::syscall(__NR_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (ruleset < 0) return {};
  const bool entered = ::syscall(__NR_landlock_restrict_self, ruleset, 0) == 0;
  ::close(static_cast<int>(ruleset));
  Walls walls;
  walls.add_if(entered, Wall::kFilesRefused);
  walls.add_if(entered && version >= kScopesSince, Wall::kSignalsConfined);
  return walls;
#else
  return {};
#endif
}

}  // namespace sublet::sandbox
