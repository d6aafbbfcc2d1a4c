// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/key_value_store.h"

namespace sublet {

// A store that hands every call on to another; tests override the calls that they have a part in.
class ForwardingStore : public KeyValueStore {
 public:
  explicit ForwardingStore(std::shared_ptr<KeyValueStore> inner) : inner_(std::move(inner)) {}

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    inner_->get(std::move(request), std::move(done));
  }
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override {
    inner_->list(std::move(request), std::move(done));
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    inner_->commit(std::move(request), std::move(done));
  }
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override {
    inner_->usage(std::move(tenant), std::move(done));
  }
  void spaces(std::string tenant,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override {
    inner_->spaces(std::move(tenant), std::move(done));
  }
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override {
    inner_->erase(std::move(tenant), std::move(space), std::move(done));
  }
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) noexcept override {
    inner_->tenants(std::move(after), limit, std::move(done));
  }

 protected:
  const std::shared_ptr<KeyValueStore> inner_;
};

}  // namespace sublet
