// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/lease.h"

#include <utility>
#include <vector>

#include "proxy/oauth/flat_json.h"

namespace sublet::proxy {
namespace {

using Acquired = Once<std::optional<TokenLease>>;
using Committed = KeyValueCommitted::Status;

KeyValueKey lease_key(const TokenPlace& place) {
  return {std::string(kTokenSpace), place.key + "/lease"};
}

// The store did not say whether the lease is ours: looks.
void look(const TokenStore& store, const TokenPlace& place, const std::string& holder,
          const Acquired::Ptr& done) {
  KeyValueGet get;
  get.tenant = place.tenant;
  get.keys.push_back(lease_key(place));
  store.store().get(std::move(get), [place, holder, done](
                                        Result<std::vector<std::optional<KeyValueEntry>>> entries) {
    if (!entries) return done->answer(entries.error());
    const auto& entry = entries->front();
    const auto object = entry ? FlatObject::read(entry->value.data) : std::nullopt;
    if (!object || object->text("holder") != holder)
      return done->answer(std::optional<TokenLease>());
    done->answer(std::optional(TokenLease{place, entry->version}));
  });
}

}  // namespace

void acquire_lease(const TokenStore& store, const TokenPlace& place, std::string holder,
                   std::chrono::milliseconds time, Acquired::Callback done) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = lease_key(place);
  write.condition = KeyValueCondition::absent();
  write.expiry = KeyValueExpiry::after(time);
  write.value.data = FlatWriter().text("holder", holder).take();
  KeyValueCommit commit;
  commit.tenant = place.tenant;
  commit.writes.push_back(std::move(write));
  const auto once = Acquired::make(std::move(done));
  store.store().commit(std::move(commit), [store, place, holder = std::move(holder),
                                           once](Result<KeyValueCommitted> committed) {
    if (!committed && committed.error().code == ErrorCode::kIndeterminate) {
      return look(store, place, holder, once);
    }
    if (!committed) return once->answer(committed.error());
    if (committed->status != Committed::kCommitted)
      return once->answer(std::optional<TokenLease>());
    once->answer(std::optional(TokenLease{place, committed->version}));
  });
}

void release_lease(const TokenStore& store, const TokenLease& lease) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = lease_key(lease.place);
  write.condition = KeyValueCondition::is(lease.version);
  KeyValueCommit commit;
  commit.tenant = lease.place.tenant;
  commit.writes.push_back(std::move(write));
  store.store().commit(std::move(commit), [](Result<KeyValueCommitted>) {});
}

}  // namespace sublet::proxy
