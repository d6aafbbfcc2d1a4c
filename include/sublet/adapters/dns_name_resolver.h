// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sublet/adapters/name_resolver.h"
#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

struct DnsNameResolverOptions {
  // "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53"; none: those of the system's resolv.conf,
  // read at open().
  std::vector<std::string> servers = {};
  // For the first answer of a server, longer when it is asked again. 10 ms to 60 s.
  std::chrono::milliseconds timeout{2000};
  // How often each server is asked. 1 to 10.
  std::uint32_t tries = 2;
  // Whether the system's hosts file is looked into first.
  bool hosts_file = true;
  // Names under way at once; one more is kUnavailable. 1 to 1,000,000.
  std::uint32_t max_under_way = 10'000;
};

// Looks names up by DNS with c-ares, on a thread of its own. Names are taken as they are: no search
// list is applied. Answers are not kept. fork() is not supported.
//
// Ownership: shared; the destructor answers what is under way with kUnavailable.
// Thread safety: thread-safe.
// Blocking: never; the destructor waits for callbacks that run, except inside one.
// Errors: as NameResolver; throws nothing.
class SUBLET_EXPORT DnsNameResolver final : public NameResolver {
 public:
  // kInvalidArgument: an option out of its range, a server that is no address.
  static Result<std::shared_ptr<DnsNameResolver>> open(DnsNameResolverOptions options);
  ~DnsNameResolver() override;

  void resolve(std::string name, ResolveCallback done) noexcept override;

 private:
  class Impl;
  explicit DnsNameResolver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
