// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/sha256.h"
#include "proxy/request_plan.h"

namespace sublet::proxy {

class Exchange;

// Requests that several wait for: collapsed into one. A flight has an exchange of its own, which
// nobody's deadline ends and which is canceled when nobody waits any more.
//
// Ownership: shares the exchanges of flights and of those that wait, while they do.
// Thread safety: thread-safe; exchanges are called under no lock.
class Flights {
 public:
  struct Waiter {
    std::shared_ptr<Exchange> exchange;
    std::uint64_t step = 0;  // of its wait
  };
  using Make = std::function<std::shared_ptr<Exchange>()>;

  // Waits for the flight with this key; where there is none, for the one that `make` makes. What
  // was made is answered: it is to be started.
  std::shared_ptr<Exchange> join(const base::Sha256Digest& key, Waiter waiter, const Make& make);
  // Waits no more. The exchange of a flight that nobody waits for is answered: it is to be
  // canceled.
  std::shared_ptr<Exchange> leave(const base::Sha256Digest& key, const Exchange* waiter) noexcept;
  // The flight of this exchange is over; those that wait get the answer.
  void land(const base::Sha256Digest& key, const Exchange* flown, const RequestAnswer& answer);

  std::size_t size();

 private:
  struct DigestHash {
    std::size_t operator()(const base::Sha256Digest& digest) const noexcept {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof(hash));
      return hash;
    }
  };
  struct Flight {
    std::shared_ptr<Exchange> exchange;
    std::vector<Waiter> waiters;
  };

  base::Mutex mutex_;
  std::unordered_map<base::Sha256Digest, Flight, DigestHash> flights_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::proxy
