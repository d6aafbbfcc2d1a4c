// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace sublet::bench {

// Bare V8 with `kv.get` and `kv.set` over a map: promises are settled after the microtasks, as what
// waits for a store is. Values are JSON, parsed and written by V8. One thread at a time.
class RawKeyValueTenant {
 public:
  RawKeyValueTenant(const std::string& source, const std::map<std::string, std::string>& seed);
  ~RawKeyValueTenant();

  // Parse, call, settle until the promise is done, stringify, text out: `count` times.
  void run(const std::string& json, std::uint64_t count, std::string& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sublet::bench
