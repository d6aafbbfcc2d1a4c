// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/resilience/keyed_table.h"

namespace sublet::events {

// Whose webhook an address is.
struct WebhookOwner {
  std::string tenant;
  std::string extension;
  std::string name;

  friend bool operator==(const WebhookOwner&, const WebhookOwner&) = default;
};

// What was read of addresses a short while ago, by the address's hash: who has one, for 30 s, and
// that nobody has, for 5 s. Bounded, each kind by itself, so that guesses throw out only guesses.
//
// Ownership: borrows the clock.
// Thread safety: thread-safe.
class WebhookCache {
 public:
  static constexpr base::Nanoseconds kOwnerStays = std::chrono::seconds(30);
  static constexpr base::Nanoseconds kNobodyStays = std::chrono::seconds(5);
  static constexpr std::size_t kMostOwners = 4096;
  static constexpr std::size_t kMostNobodies = 4096;

  explicit WebhookCache(const base::Clock& clock) : clock_(clock) {}

  struct Known {
    std::optional<WebhookOwner> owner;
  };
  // Nullopt: it has to be read.
  std::optional<Known> find(std::string_view hash);

  // What is read while another one forgets is not kept: taken before reading, given to keep().
  std::uint64_t round() const;
  void keep(std::string_view hash, const std::optional<WebhookOwner>& owner, std::uint64_t round);
  // It was revoked.
  void forget(std::string_view hash);

 private:
  struct Entry {
    std::optional<WebhookOwner> owner;
    base::TimePoint until{};
  };
  using Table = policy::KeyedTable<Entry>;

  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  Table owners_ SUBLET_GUARDED_BY(mutex_){kMostOwners, kMostOwners};
  Table nobodies_ SUBLET_GUARDED_BY(mutex_){kMostNobodies, kMostNobodies};
  std::uint64_t round_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::events
