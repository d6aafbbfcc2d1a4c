// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/revocation.h"

#include <optional>
#include <utility>
#include <vector>

#include "proxy/oauth/pending_grant.h"
#include "proxy/oauth/provider_end.h"
#include "proxy/oauth/token_use.h"

namespace sublet::proxy {
namespace {

constexpr std::uint32_t kPage = 200;

void tell(const std::shared_ptr<TokenTable>& table,
          const std::shared_ptr<const OAuthClient>& client, const AuthorizationOf& of,
          const std::optional<TokenRecord>& record, const Once<void>::Ptr& done) {
  if (!record || (record->access_token.empty() && record->refresh_token.empty())) {
    return done->answer({});
  }
  const auto use = use_of(client, of);
  if (!use) return done->answer(use.error());
  if (record->binding != use->provider->binding) return done->answer({});
  end_at_provider(table, *use, *record, done);
}

Error not_all_removed(const Error& error) {
  return {error.code, "the tokens could not all be removed: the store has no answer"};
}

// Removes a page after the other.
class Removal : public std::enable_shared_from_this<Removal> {
 public:
  Removal(std::shared_ptr<TokenTable> table, std::string tenant, std::string prefix,
          Once<void>::Ptr done)
      : table_(std::move(table)),
        tenant_(std::move(tenant)),
        prefix_(std::move(prefix)),
        done_(std::move(done)) {}

  void run() {
    KeyValueList list;
    list.tenant = tenant_;
    list.space = kTokenSpace;
    list.prefix = prefix_;
    list.limit = kPage;
    list.keys_only = true;
    table_->store().store().list(std::move(list),
                                 [self = shared_from_this()](Result<KeyValuePage> page) {
                                   if (!page) return self->failed(page.error());
                                   self->remove(*page);
                                 });
  }

 private:
  void remove(const KeyValuePage& page) {
    if (page.entries.empty()) {
      table_->forget(tenant_, prefix_);
      return done_->answer({});
    }
    KeyValueCommit commit;
    commit.tenant = tenant_;
    for (const KeyValueEntry& entry : page.entries) {
      KeyValueWrite& write = commit.writes.emplace_back();
      write.kind = KeyValueWrite::Kind::kRemove;
      write.at = {std::string(kTokenSpace), entry.key};
    }
    const auto removed = [self = shared_from_this()](const Result<KeyValueCommitted>& committed) {
      if (!committed) return self->failed(committed.error());
      self->run();
    };
    table_->store().store().commit(std::move(commit), removed);
  }

  void failed(const Error& error) { done_->answer(not_all_removed(error)); }

  const std::shared_ptr<TokenTable> table_;
  const std::string tenant_;
  const std::string prefix_;
  const Once<void>::Ptr done_;
};

}  // namespace

void revoke_grant(const std::shared_ptr<TokenTable>& table, const OAuthClient& client,
                  const AuthorizationOf& of, Once<void>::Ptr done) {
  const auto place = place_of(client, of);
  if (!place) return done->answer(place.error());
  done = Once<void>::make(
      [done, work = table->begin_work()](const Result<void>& result) { done->answer(result); });
  table->forget(place->tenant, place->key + '\0');
  const auto seen = std::make_shared<std::optional<TokenRecord>>();
  const auto removing = [seen](const StoredToken& current) -> TokenChange {
    if (current.record) *seen = current.record;
    return {TokenChange::Kind::kRemove};
  };
  const auto removed =
      [table, seen, of, done, place = *place,
       client = std::make_shared<const OAuthClient>(client)](const Result<StoredToken>& stored) {
        if (!stored) {
          return done->answer(Error{stored.error().code, "the store of tokens has no answer"});
        }
        table->forget(place.tenant, place.key + '\0');
        tell(table, client, of, *seen, done);
      };
  table->store().update(*place, removing, kUsualPatience, removed);
}

void read_status(const std::shared_ptr<TokenTable>& table, const OAuthClient& client,
                 const AuthorizationOf& of, Once<AuthorizationStatus>::Ptr done) {
  const auto use = use_of(std::make_shared<const OAuthClient>(client), of);
  if (!use) return done->answer(use.error());
  const auto read = [table, use = *use, done](const Result<StoredToken>& stored) {
    if (!stored) {
      return done->answer(Error{stored.error().code, "the store of tokens has no answer"});
    }
    AuthorizationStatus out;
    out.refreshable = use.provider->client_credentials;
    const auto& record = stored->record;
    if (record && record->binding == use.provider->binding) {
      out.scopes = record->scopes;
      if (!record->access_token.empty()) out.expires_at = record->expires_at;
      out.refreshable = out.refreshable || !record->refresh_token.empty();
      out.authorized = record->is_valid(table->now());
    }
    out.authorized = out.authorized || out.refreshable;
    done->answer(std::move(out));
  };
  table->store().read(use->place, read);
}

void forget_extension(const std::shared_ptr<TokenTable>& table, const std::string& tenant,
                      const std::string& extension, Once<void>::Ptr done) {
  table->remove(tenant, extension);
  table->forget(tenant, extension + "/");
  const auto removed = [table, tenant, extension, done](const Result<void>& pending) {
    if (!pending) return done->answer(not_all_removed(pending.error()));
    std::make_shared<Removal>(table, tenant, extension + "/", done)->run();
  };
  remove_pending(table->setup().store, tenant, extension, Once<void>::make(removed));
}

}  // namespace sublet::proxy
