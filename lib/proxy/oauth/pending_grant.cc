// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/pending_grant.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "proxy/host_tenant.h"
#include "proxy/oauth/flat_json.h"
#include "proxy/oauth/oauth.h"

namespace sublet::proxy {
namespace {

using Committed = KeyValueCommitted::Status;
using Entries = std::vector<std::optional<KeyValueEntry>>;

constexpr char kSpace[] = "sublet/oauth-pending";
constexpr std::chrono::minutes kLifetime(10);
constexpr std::uint32_t kPage = 200;

KeyValueKey key_of(const std::string& state) { return {kSpace, base::to_hex(base::sha256(state))}; }

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
  commit.tenant = kHostTenant;
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

// Goes through all that is pending, a page after the other: ten minutes' worth.
class PendingRemoval : public std::enable_shared_from_this<PendingRemoval> {
 public:
  PendingRemoval(std::shared_ptr<KeyValueStore> store, std::string tenant, std::string extension,
                 Once<void>::Ptr done)
      : store_(std::move(store)),
        tenant_(std::move(tenant)),
        extension_(std::move(extension)),
        done_(std::move(done)) {}

  void run() {
    KeyValueList list;
    list.tenant = kHostTenant;
    list.space = kSpace;
    list.after = after_;
    list.limit = kPage;
    store_->list(std::move(list), [self = shared_from_this()](Result<KeyValuePage> page) {
      if (!page) return self->done_->answer(page.error());
      self->remove(*page);
    });
  }

 private:
  void remove(const KeyValuePage& page) {
    is_last_ = !page.more || page.entries.empty();
    if (!page.entries.empty()) after_ = page.entries.back().key;
    KeyValueCommit commit;
    commit.tenant = kHostTenant;
    for (const KeyValueEntry& entry : page.entries) {
      const auto grant = from_json(entry.value.data);
      if (!grant || grant->of.tenant != tenant_ || grant->of.extension != extension_) continue;
      KeyValueWrite& write = commit.writes.emplace_back();
      write.kind = KeyValueWrite::Kind::kRemove;
      write.at = {kSpace, entry.key};
    }
    if (commit.writes.empty()) return go_on();
    store_->commit(std::move(commit),
                   [self = shared_from_this()](const Result<KeyValueCommitted>& committed) {
                     if (!committed) return self->done_->answer(committed.error());
                     self->go_on();
                   });
  }
  void go_on() {
    if (!is_last_) return run();
    done_->answer({});
  }

  const std::shared_ptr<KeyValueStore> store_;
  const std::string tenant_;
  const std::string extension_;
  const Once<void>::Ptr done_;
  std::optional<std::string> after_;
  bool is_last_ = false;
};

}  // namespace

void remove_pending(const std::shared_ptr<KeyValueStore>& store, const std::string& tenant,
                    const std::string& extension, Once<void>::Ptr done) {
  std::make_shared<PendingRemoval>(store, tenant, extension, std::move(done))->run();
}

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
  get.tenant = kHostTenant;
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
