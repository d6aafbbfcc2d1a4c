// SPDX-License-Identifier: Apache-2.0
#include "proxy/vault/parameter_vault.h"

#include <vector>

namespace sublet::proxy {
namespace {

using Entries = std::vector<std::optional<KeyValueEntry>>;

KeyValueKey key_of(const std::string& extension) { return {"sublet/parameters", extension}; }

void commit(KeyValueStore& store, const std::string& tenant, KeyValueWrite write,
            ParameterVault::Callback<bool> done) {
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes.push_back(std::move(write));
  store.commit(std::move(request), [done = std::move(done)](Result<KeyValueCommitted> committed) {
    if (!committed) return done(committed.error());
    using Status = KeyValueCommitted::Status;
    if (committed->status == Status::kCommitted) return done(true);
    if (committed->status == Status::kConflict) return done(false);
    done(Error{ErrorCode::kInternal, "the store refused a write of parameters"});
  });
}

}  // namespace

void ParameterVault::load(const std::string& tenant, const std::string& extension,
                          Callback<Stored> done) const {
  KeyValueGet get;
  get.tenant = tenant;
  get.keys.push_back(key_of(extension));
  store_->get(std::move(get), [done = std::move(done)](Result<Entries> entries) {
    if (!entries) return done(entries.error());
    Stored stored;
    if (entries->front()) {
      stored.json = std::move(entries->front()->value.data);
      stored.version = entries->front()->version;
    }
    done(std::move(stored));
  });
}

void ParameterVault::save(const std::string& tenant, const std::string& extension, std::string json,
                          std::uint64_t version, Callback<bool> done) const {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = key_of(extension);
  write.value.data = std::move(json);
  write.condition = version == 0 ? KeyValueCondition::absent() : KeyValueCondition::is(version);
  commit(*store_, tenant, std::move(write), std::move(done));
}

void ParameterVault::erase(const std::string& tenant, const std::string& extension,
                           Callback<void> done) const {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = key_of(extension);
  commit(*store_, tenant, std::move(write), [done = std::move(done)](Result<bool> removed) {
    done(removed ? Result<void>() : removed.error());
  });
}

}  // namespace sublet::proxy
