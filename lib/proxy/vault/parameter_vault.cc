// SPDX-License-Identifier: Apache-2.0
#include "proxy/vault/parameter_vault.h"

#include <vector>

namespace sublet::proxy {
namespace {

using Entries = std::vector<std::optional<KeyValueEntry>>;

KeyValueKey key_of(const std::string& extension) { return {"sublet/parameters", extension}; }

void commit(KeyValueStore& store, const std::string& tenant, KeyValueWrite write,
            ParameterVault::Callback<void> done) {
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes.push_back(std::move(write));
  store.commit(std::move(request), [done = std::move(done)](Result<KeyValueCommitted> committed) {
    if (!committed) return done(committed.error());
    if (committed->status == KeyValueCommitted::Status::kCommitted) return done({});
    done(Error{ErrorCode::kInternal, "the store refused an unconditional write of parameters"});
  });
}

}  // namespace

void ParameterVault::load(const std::string& tenant, const std::string& extension,
                          Callback<std::optional<std::string>> done) const {
  KeyValueGet get;
  get.tenant = tenant;
  get.keys.push_back(key_of(extension));
  store_->get(std::move(get), [done = std::move(done)](Result<Entries> entries) {
    if (!entries) return done(entries.error());
    std::optional<std::string> json;
    if (entries->front()) json = std::move(entries->front()->value.data);
    done(std::move(json));
  });
}

void ParameterVault::save(const std::string& tenant, const std::string& extension, std::string json,
                          Callback<void> done) const {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = key_of(extension);
  write.value.data = std::move(json);
  commit(*store_, tenant, std::move(write), std::move(done));
}

void ParameterVault::erase(const std::string& tenant, const std::string& extension,
                           Callback<void> done) const {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = key_of(extension);
  commit(*store_, tenant, std::move(write), std::move(done));
}

}  // namespace sublet::proxy
