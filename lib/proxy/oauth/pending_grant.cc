// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/pending_grant.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "proxy/oauth/flat_json.h"
#include "proxy/oauth/oauth.h"

namespace sublet::proxy {
namespace {

using Committed = KeyValueCommitted::Status;
using Entries = std::vector<std::optional<KeyValueEntry>>;

constexpr std::chrono::minutes kLifetime(10);

KeyValueKey key_of(const std::string& state) {
  return {"sublet/oauth-pending", base::to_hex(base::sha256(state))};
}

std::string to_json(const PendingGrant& grant) {
  FlatWriter out;
  out.text("tenant", grant.of.tenant).text("extension", grant.of.extension);
  out.text("provider", grant.of.provider).text("user", grant.of.user);
  out.text("verifier", grant.verifier).text("redirect_uri", grant.redirect_uri);
  return out.text("binding", grant.binding).take();
}

std::optional<PendingGrant> from_json(std::string_view text) {
  const auto object = FlatObject::read(text);
  if (!object || object->text("verifier").empty()) return std::nullopt;
  PendingGrant out;
  out.of = {object->text("tenant"), object->text("extension"), object->text("provider"),
            object->text("user")};
  out.verifier = object->text("verifier");
  out.redirect_uri = object->text("redirect_uri");
  out.binding = object->text("binding");
  return out;
}

Error unknown_state() {
  return {ErrorCode::kNotFound, "the state is unknown, was used, or is older than ten minutes"};
}

KeyValueCommit commit_of(KeyValueWrite write) {
  KeyValueCommit commit;
  commit.tenant = OAuth::kHostTenant;
  commit.writes.push_back(std::move(write));
  return commit;
}

// One use: nobody goes on who is not sure that it was he who removed it.
void remove(KeyValueStore& store, const std::string& state, std::uint64_t version,
            PendingGrant grant, const Once<PendingGrant>::Ptr& done) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = key_of(state);
  write.condition = KeyValueCondition::is(version);
  store.commit(commit_of(std::move(write)),
               [done, grant = std::move(grant)](Result<KeyValueCommitted> committed) {
                 if (!committed) {
                   return done->answer(Error{committed.error().code,
                                             "the store of grants has no answer; begin again"});
                 }
                 if (committed->status != Committed::kCommitted) {
                   return done->answer(unknown_state());
                 }
                 done->answer(grant);
               });
}

}  // namespace

void save_pending(KeyValueStore& store, const std::string& state, const PendingGrant& grant,
                  Once<void>::Ptr done) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = key_of(state);
  write.condition = KeyValueCondition::absent();
  write.expiry = KeyValueExpiry::after(kLifetime);
  write.value.data = to_json(grant);
  store.commit(commit_of(std::move(write)), [done = std::move(done)](
                                                Result<KeyValueCommitted> committed) {
    const bool is_there = committed && committed->status == Committed::kCommitted;
    if (is_there) return done->answer({});
    done->answer(Error{ErrorCode::kUnavailable, "the store of grants has no answer; begin again"});
  });
}

void take_pending(const std::shared_ptr<KeyValueStore>& store, const std::string& state,
                  Once<PendingGrant>::Ptr done) {
  KeyValueGet get;
  get.tenant = OAuth::kHostTenant;
  get.keys.push_back(key_of(state));
  store->get(std::move(get), [store, state, done = std::move(done)](Result<Entries> entries) {
    if (!entries) {
      return done->answer(
          Error{ErrorCode::kUnavailable, "the store of grants has no answer; try again"});
    }
    const auto& entry = entries->front();
    auto grant = entry ? from_json(entry->value.data) : std::nullopt;
    if (!grant) return done->answer(unknown_state());
    remove(*store, state, entry->version, *std::move(grant), done);
  });
}

}  // namespace sublet::proxy
