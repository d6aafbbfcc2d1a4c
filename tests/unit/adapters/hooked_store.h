// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "sublet/adapters/memory_key_value_store.h"

namespace sublet {

// What to change of requests and answers on the way; empty: nothing.
struct StoreHooks {
  std::function<void(KeyValueGet&)> get = {};
  std::function<void(std::vector<std::optional<KeyValueEntry>>&)> got = {};
  std::function<void(KeyValueList&)> list = {};
  std::function<void(const KeyValueList&, KeyValuePage&)> listed = {};
  std::function<void(KeyValueCommit&)> commit = {};
  std::function<void(KeyValueCommitted&)> committed = {};
  std::function<void(KeyValueUsage&)> used = {};
  std::function<void(std::map<std::string, KeyValueUsage>&)> spaces = {};
  std::function<void(std::optional<std::string>&)> erase = {};
  std::function<void(std::uint64_t&)> erased = {};
  std::function<void(std::vector<std::string>&)> tenants = {};
  // Of every call.
  std::function<void(std::string&)> tenant = {};
};

// The store in memory, with hooks.
class HookedStore : public KeyValueStore {
 public:
  HookedStore(KeyValueClock clock, StoreHooks hooks)
      : inner_(std::make_shared<MemoryKeyValueStore>(std::move(clock))), hooks_(std::move(hooks)) {}

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    change(hooks_.tenant, request.tenant);
    change(hooks_.get, request);
    inner_->get(std::move(request), changed(hooks_.got, std::move(done)));
  }
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override {
    change(hooks_.tenant, request.tenant);
    const KeyValueList asked = request;
    change(hooks_.list, request);
    std::function<void(KeyValuePage&)> hook;
    if (hooks_.listed) hook = [&](KeyValuePage& page) { hooks_.listed(asked, page); };
    inner_->list(std::move(request), changed(hook, std::move(done)));
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    change(hooks_.tenant, request.tenant);
    change(hooks_.commit, request);
    inner_->commit(std::move(request), changed(hooks_.committed, std::move(done)));
  }
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override {
    change(hooks_.tenant, tenant);
    inner_->usage(std::move(tenant), changed(hooks_.used, std::move(done)));
  }
  void spaces(std::string tenant,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override {
    change(hooks_.tenant, tenant);
    inner_->spaces(std::move(tenant), changed(hooks_.spaces, std::move(done)));
  }
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override {
    change(hooks_.tenant, tenant);
    change(hooks_.erase, space);
    inner_->erase(std::move(tenant), std::move(space), changed(hooks_.erased, std::move(done)));
  }
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) noexcept override {
    inner_->tenants(std::move(after), limit, changed(hooks_.tenants, std::move(done)));
  }

 protected:
  std::shared_ptr<KeyValueStore> inner_;

 private:
  template <typename T>
  static void change(const std::function<void(T&)>& hook, T& value) {
    if (hook) hook(value);
  }
  // The inner store answers inside the call.
  template <typename T>
  static KeyValueCallback<T> changed(const std::function<void(T&)>& hook,
                                     KeyValueCallback<T> done) {
    return [&hook, done = std::move(done)](Result<T> result) {
      if (result.has_value() && hook) hook(*result);
      done(std::move(result));
    };
  }

  const StoreHooks hooks_;
};

}  // namespace sublet
