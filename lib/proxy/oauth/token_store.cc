// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "policy/request/escape.h"

namespace sublet::proxy {
namespace {

using Committed = KeyValueCommitted::Status;

constexpr std::size_t kMaxUser = 256;
// Leaves room for what stands behind it, as a lease's key has it.
constexpr std::size_t kMaxPlaceKey = KeyValueStore::kMaxKeyBytes - 16;
constexpr int kMaxConflicts = 32;

base::Nanoseconds pause_after(int failures) {
  const auto pause = std::chrono::milliseconds(50) * (1 << std::min(failures, 7));
  return std::min<base::Nanoseconds>(pause, std::chrono::seconds(5));
}

// One update of one entry: reads, asks what is to become of it, and commits that on the condition
// that it is still what was read.
class Update : public std::enable_shared_from_this<Update> {
 public:
  Update(TokenStore store, TokenPlace place, TokenDecision decision, int patience,
         Once<StoredToken>::Ptr done)
      : store_(std::move(store)),
        place_(std::move(place)),
        decision_(std::move(decision)),
        patience_(patience),
        done_(std::move(done)) {}

  void run() {
    store_.read(place_, [self = shared_from_this()](Result<StoredToken> stored) {
      if (!stored) return self->failed(stored.error());
      self->change(*std::move(stored));
    });
  }

 private:
  void change(StoredToken stored) {
    TokenChange change = decision_(stored);
    const bool nothing = change.kind == TokenChange::Kind::kRemove && stored.version == 0;
    if (change.kind == TokenChange::Kind::kLeave || nothing) {
      return done_->answer(std::move(stored));
    }
    KeyValueWrite write;
    write.at = place_.at();
    write.kind = KeyValueWrite::Kind::kRemove;
    write.condition =
        stored.version == 0 ? KeyValueCondition::absent() : KeyValueCondition::is(stored.version);
    if (change.record) {
      write.kind = KeyValueWrite::Kind::kPut;
      write.value.data = change.record->to_json();
    }
    KeyValueCommit commit;
    commit.tenant = place_.tenant;
    commit.writes.push_back(std::move(write));
    store_.store().commit(std::move(commit), [self = shared_from_this(), made = change.record](
                                                 Result<KeyValueCommitted> committed) {
      self->committed(std::move(committed), made);
    });
  }

  void committed(Result<KeyValueCommitted> committed, const std::optional<TokenRecord>& made) {
    if (!committed) return failed(committed.error());
    if (committed->status == Committed::kCommitted) {
      return done_->answer(StoredToken{made ? committed->version : 0, made});
    }
    const bool again = committed->status == Committed::kConflict && ++conflicts_ < kMaxConflicts;
    if (again) return run();
    failed({ErrorCode::kUnavailable, "the store refused a token's entry"});
  }

  void failed(const Error& error) {
    const auto again = [self = shared_from_this()] { self->run(); };
    if (++failures_ < patience_ && store_.later(pause_after(failures_), again)) return;
    done_->answer(error);
  }

  const TokenStore store_;
  const TokenPlace place_;
  const TokenDecision decision_;
  const int patience_;
  const Once<StoredToken>::Ptr done_;
  int failures_ = 0;
  int conflicts_ = 0;
};

}  // namespace

Result<TokenPlace> token_place(std::string_view tenant, std::string_view extension,
                               std::string_view provider, std::string_view user) {
  if (user.size() > kMaxUser || policy::has_control(user)) {
    return Error{ErrorCode::kInvalidArgument,
                 "user may have at most 256 bytes, and no control characters"};
  }
  TokenPlace place{std::string(tenant), std::string(extension) + "/"};
  policy::append_percent_encoded(place.key, provider);
  place.key += '/';
  policy::append_percent_encoded(place.key, user);
  if (place.key.size() <= kMaxPlaceKey) return place;
  return Error{ErrorCode::kInvalidArgument, "user is too long once it is percent-encoded"};
}

bool is_still(const StoredToken& stored, const TokenRecord& made) {
  const auto& there = stored.record;
  return there && there->grant == made.grant && there->generation == made.generation &&
         there->access_token == made.access_token;
}

TokenDecision taking_back(TokenRecord made) {
  return [made = std::move(made)](const StoredToken& current) -> TokenChange {
    if (!is_still(current, made)) return {};
    return {TokenChange::Kind::kRemove};
  };
}

void TokenStore::read(const TokenPlace& place, Once<StoredToken>::Callback done) const {
  KeyValueGet get;
  get.tenant = place.tenant;
  get.keys.push_back(place.at());
  const auto once = Once<StoredToken>::make(std::move(done));
  store_->get(std::move(get), [once](Result<std::vector<std::optional<KeyValueEntry>>> entries) {
    if (!entries) return once->answer(entries.error());
    StoredToken out;
    if (!entries->empty() && entries->front()) {
      out.version = entries->front()->version;
      out.record = TokenRecord::from_json(entries->front()->value.data);
    }
    once->answer(std::move(out));
  });
}

void TokenStore::update(const TokenPlace& place, TokenDecision decision, int patience,
                        Once<StoredToken>::Callback done) const {
  std::make_shared<Update>(*this, place, std::move(decision), patience,
                           Once<StoredToken>::make(std::move(done)))
      ->run();
}

}  // namespace sublet::proxy
