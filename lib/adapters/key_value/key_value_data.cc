// SPDX-License-Identifier: Apache-2.0
#include "sublet/key_value_data.h"

#include <utility>

#include "adapters/key_value/awaited.h"

namespace sublet {
inline namespace v1 {

using adapters::await;

std::string own_space(std::string_view extension) { return "own/" + std::string(extension); }

std::string shared_space(std::string_view name) { return "shared/" + std::string(name); }

KeyValueData::KeyValueData(std::shared_ptr<KeyValueStore> store, std::chrono::milliseconds timeout)
    : store_(std::move(store)), timeout_(timeout) {}

Result<std::optional<KeyValueEntry>> KeyValueData::get(std::string_view tenant,
                                                       const KeyValueKey& at) const {
  using Entries = std::vector<std::optional<KeyValueEntry>>;
  auto entries = await<Entries>(timeout_, ErrorCode::kUnavailable, [&](auto done) {
    store_->get({std::string(tenant), {at}}, std::move(done));
  });
  if (!entries) return std::move(entries).error();
  if (entries->size() != 1) return Error{ErrorCode::kInternal, "the store answered another get"};
  return std::move(entries->front());
}

Result<KeyValuePage> KeyValueData::list(KeyValueList request) const {
  return await<KeyValuePage>(timeout_, ErrorCode::kUnavailable,
                             [&](auto done) { store_->list(std::move(request), std::move(done)); });
}

Result<std::uint64_t> KeyValueData::put(std::string_view tenant, const KeyValueKey& at,
                                        KeyValueValue value, KeyValueExpiry expiry) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = at;
  write.value = std::move(value);
  write.expiry = expiry;
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes.push_back(std::move(write));
  auto committed = commit(std::move(request));
  if (!committed) return std::move(committed).error();
  // An envelope around the store may refuse a value that it makes larger.
  if (committed->status != KeyValueCommitted::Status::kCommitted) {
    return Error{ErrorCode::kInvalidArgument, "the store refused it: " + committed->message};
  }
  return committed->version;
}

Result<bool> KeyValueData::remove(std::string_view tenant, const KeyValueKey& at) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = at;
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes.push_back(std::move(write));
  auto committed = commit(std::move(request));
  if (!committed) return std::move(committed).error();
  return !committed->existed.empty() && committed->existed.front();
}

Result<KeyValueCommitted> KeyValueData::commit(KeyValueCommit request) {
  return await<KeyValueCommitted>(timeout_, ErrorCode::kIndeterminate, [&](auto done) {
    store_->commit(std::move(request), std::move(done));
  });
}

Result<KeyValueUsage> KeyValueData::usage(std::string_view tenant) const {
  return await<KeyValueUsage>(timeout_, ErrorCode::kUnavailable, [&](auto done) {
    store_->usage(std::string(tenant), std::move(done));
  });
}

Result<std::map<std::string, KeyValueUsage>> KeyValueData::spaces(std::string_view tenant) const {
  using Spaces = std::map<std::string, KeyValueUsage>;
  return await<Spaces>(timeout_, ErrorCode::kUnavailable,
                       [&](auto done) { store_->spaces(std::string(tenant), std::move(done)); });
}

Result<std::uint64_t> KeyValueData::erase(std::string_view tenant,
                                          std::optional<std::string_view> space) {
  return await<std::uint64_t>(timeout_, ErrorCode::kIndeterminate, [&](auto done) {
    store_->erase(std::string(tenant),
                  space.has_value() ? std::optional<std::string>(*space) : std::nullopt,
                  std::move(done));
  });
}

Result<std::vector<std::string>> KeyValueData::tenants(std::string_view after,
                                                       std::uint32_t limit) const {
  return await<std::vector<std::string>>(timeout_, ErrorCode::kUnavailable, [&](auto done) {
    store_->tenants(std::string(after), limit, std::move(done));
  });
}

}  // namespace v1
}  // namespace sublet
