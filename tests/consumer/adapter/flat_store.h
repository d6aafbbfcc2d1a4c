// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sublet/adapters/key_value_store.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

// As small as a store can be: all entries in one map, under one lock.
class FlatStore final : public sublet::KeyValueStore {
 public:
  using Entries = std::vector<std::optional<sublet::KeyValueEntry>>;
  using Spaces = std::map<std::string, sublet::KeyValueUsage>;

  explicit FlatStore(sublet::KeyValueClock clock) : clock_(std::move(clock)) {}

  void get(sublet::KeyValueGet request, sublet::KeyValueCallback<Entries> done) noexcept override;
  void list(sublet::KeyValueList request,
            sublet::KeyValueCallback<sublet::KeyValuePage> done) noexcept override;
  void commit(sublet::KeyValueCommit request,
              sublet::KeyValueCallback<sublet::KeyValueCommitted> done) noexcept override;
  void usage(std::string tenant,
             sublet::KeyValueCallback<sublet::KeyValueUsage> done) noexcept override;
  void spaces(std::string tenant, sublet::KeyValueCallback<Spaces> done) noexcept override;
  void erase(std::string tenant, std::optional<std::string> space,
             sublet::KeyValueCallback<std::uint64_t> done) noexcept override;
  void tenants(std::string after, std::uint32_t limit,
               sublet::KeyValueCallback<std::vector<std::string>> done) noexcept override;

 private:
  using Name = std::tuple<std::string, std::string, std::string>;  // tenant, space, key
  using Map = std::map<Name, sublet::KeyValueEntry>;

  // The lock is held, and what has expired is gone.
  sublet::Result<sublet::KeyValueCommitted> commit_locked(const sublet::KeyValueCommit& request);
  sublet::KeyValuePage list_locked(const sublet::KeyValueList& request) const;
  Spaces spaces_locked(const std::string& tenant) const;
  sublet::KeyValueUsage usage_locked(const std::string& tenant) const;
  void purge();

  const sublet::KeyValueClock clock_;
  std::mutex mutex_;
  Map entries_;
  sublet::KeyValueTime now_{};
  std::uint64_t version_ = 0;
};
