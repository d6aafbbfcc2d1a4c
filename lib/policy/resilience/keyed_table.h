// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sublet::policy {

// Values by (scope, name), such as (tenant, origin): a bounded number of them, and in each scope a
// bounded number too, so that one tenant cannot use up the table. Where there is no room the one
// used least recently among the idle ones makes it; one that is in use is never thrown away. What
// idle means, the caller says with each call.
//
// Ownership: owns its values; their addresses hold until they are thrown away.
// Thread safety: none; the caller's lock.
template <typename Value>
class KeyedTable {
 public:
  // At most `most` values, of them `most_in_scope` in any one scope.
  KeyedTable(std::size_t most, std::size_t most_in_scope)
      : most_(most), most_in_scope_(most_in_scope) {}
  KeyedTable(const KeyedTable&) = delete;
  KeyedTable& operator=(const KeyedTable&) = delete;

  // Null where there is none. It does not count as a use.
  Value* find(std::string_view scope, std::string_view name) {
    const auto in = scopes_.find(scope);
    if (in == scopes_.end()) return nullptr;
    const auto found = in->second.by_name.find(name);
    return found == in->second.by_name.end() ? nullptr : &found->second->value;
  }

  // Made where there is none; null where that finds no room, because all are in use.
  template <typename IsIdle>
  Value* find_or_add(std::string_view scope, std::string_view name, const IsIdle& is_idle) {
    if (const auto in = scopes_.find(scope); in != scopes_.end()) {
      const auto found = in->second.by_name.find(name);
      if (found != in->second.by_name.end()) return &touch(found->second)->value;
      if (in->second.by_name.size() >= most_in_scope_ && !evict(in->second.used, is_idle)) {
        return nullptr;
      }
    } else if (most_in_scope_ == 0) {
      return nullptr;
    }
    if (size_ >= most_ && !evict(used_, is_idle)) return nullptr;
    return add(scope, name);
  }

  // Visits scope, name and value of all, the one used least recently first.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Entry* entry : used_) visit(entry->scope, entry->name, entry->value);
  }

  // All values of a scope, idle or not: a tenant has gone.
  void erase_scope(std::string_view scope) {
    const auto in = scopes_.find(scope);
    if (in == scopes_.end()) return;
    for (const Entry* entry : in->second.used) used_.erase(entry->in_table);
    size_ -= in->second.by_name.size();
    scopes_.erase(in);
  }

  std::size_t size() const noexcept { return size_; }

 private:
  struct Scope;
  struct Entry;
  using Order = std::list<Entry*>;  // the one used least recently first

  struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <typename T>
  using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  struct Entry {
    Value value{};
    std::string_view scope, name;  // of the maps' keys
    typename Order::iterator in_table, in_scope;
    Scope* home = nullptr;
  };
  struct Scope {
    ByText<std::unique_ptr<Entry>> by_name;
    Order used;
  };

  const std::unique_ptr<Entry>& touch(const std::unique_ptr<Entry>& entry) {
    used_.splice(used_.end(), used_, entry->in_table);
    entry->home->used.splice(entry->home->used.end(), entry->home->used, entry->in_scope);
    return entry;
  }

  Value* add(std::string_view scope, std::string_view name) {
    const auto in = scopes_.try_emplace(std::string(scope)).first;
    Scope& home = in->second;
    auto made = std::make_unique<Entry>();
    Entry* entry = made.get();
    entry->home = &home;
    // What may throw comes first, and leaves at most an empty scope.
    Order in_table{entry}, in_scope{entry};
    const auto place = home.by_name.emplace(std::string(name), std::move(made)).first;
    entry->scope = in->first;
    entry->name = place->first;
    entry->in_table = in_table.begin();
    entry->in_scope = in_scope.begin();
    used_.splice(used_.end(), in_table);
    home.used.splice(home.used.end(), in_scope);
    ++size_;
    return &entry->value;
  }

  static constexpr std::size_t kMostLookedAt = 64;

  template <typename IsIdle>
  bool evict(Order& order, const IsIdle& is_idle) {
    std::size_t looked_at = 0;
    for (Entry* entry : order) {
      // Those used least recently are idle, or nearly all are in use.
      if (++looked_at > kMostLookedAt) return false;
      if (!is_idle(entry->value)) continue;
      erase(entry);
      return true;
    }
    return false;
  }

  void erase(Entry* entry) {
    Scope& home = *entry->home;
    used_.erase(entry->in_table);
    home.used.erase(entry->in_scope);
    const auto in = scopes_.find(entry->scope);
    home.by_name.erase(home.by_name.find(entry->name));
    --size_;
    if (home.by_name.empty()) scopes_.erase(in);
  }

  std::size_t most_;
  std::size_t most_in_scope_;
  std::size_t size_ = 0;
  ByText<Scope> scopes_;
  Order used_;
};

}  // namespace sublet::policy
