// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "sublet/request.h"

namespace sublet::proxy {

// One bucket of which a request takes a token. `key` is the same in every process:
// "rate/tenant/acme", "rate/extension/acme/crm", "rate/origin/acme/https://api.example.com".
struct SharedBucket {
  std::string key;
  Rate rate;
};

// What several processes decide together, over a store that they share. The tenant's own processes
// go on without it when the store is away: each then counts for itself.
//
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside, under no lock.
class SharedLimits {
 public:
  struct Taken {
    bool admitted = true;
    std::size_t refused = 0;  // the place of the bucket that was empty
    base::Nanoseconds retry_after{0};
  };

  virtual ~SharedLimits() = default;

  // Takes a token of every bucket, or of none.
  virtual void take(std::vector<SharedBucket> buckets, std::function<void(Taken)> done) = 0;

  // A breaker of this process opened for so long, or (0) closed again. `key`: "acme/https://..."
  // or, for that of all tenants, "/https://...".
  virtual void breaker_opened(const std::string& key, base::Nanoseconds open_for) = 0;
  virtual void breaker_closed(const std::string& key) = 0;
  // How long a breaker of this key is still open in another process, as far as is known here: from
  // memory, read anew in the background for keys that were asked for lately. Nullopt: it is not.
  virtual std::optional<base::Nanoseconds> open_elsewhere(const std::string& key) = 0;
};

}  // namespace sublet::proxy
