// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace sublet::adapters {

// Keeps so many values as were used last; what is forgotten is destroyed. Single-owner.
template <typename Key, typename Value>
class Recent {
 public:
  explicit Recent(std::size_t most) : most_(most) {}

  // Null where there is none (any more); until the next call.
  const Value* find(const Key& key) {
    const auto found = at_.find(key);
    if (found == at_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return &found->second->second;
  }
  void put(const Key& key, Value value) {
    erase(key);
    order_.emplace_front(key, std::move(value));
    at_[key] = order_.begin();
    if (order_.size() > most_) erase(Key(order_.back().first));
  }
  void erase(const Key& key) {
    const auto found = at_.find(key);
    if (found == at_.end()) return;
    order_.erase(found->second);
    at_.erase(found);
  }
  void clear() {
    at_.clear();
    order_.clear();
  }

 private:
  using Order = std::list<std::pair<Key, Value>>;

  const std::size_t most_;
  Order order_;  // the one that was used last comes first
  std::map<Key, typename Order::iterator> at_;
};

}  // namespace sublet::adapters
