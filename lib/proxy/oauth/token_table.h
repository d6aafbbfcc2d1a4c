// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "proxy/oauth/oauth.h"
#include "proxy/oauth/provider.h"
#include "proxy/oauth/token_store.h"

namespace sublet::proxy {

// Whether an extension was removed since.
using RemovedMark = std::shared_ptr<const std::atomic<bool>>;

// Who asks for which token.
struct TokenUse {
  std::shared_ptr<const OAuthClient> client;
  std::shared_ptr<const OAuthProvider> provider;
  TokenPlace place;
  RemovedMark removed = nullptr;  // where it counts

  bool is_removed() const noexcept { return removed != nullptr && *removed; }

  // Another one for each client of the provider, so that none gets what another one was granted.
  std::string id() const;
};

// What this process knows of tokens: those that were used lately, and who waits for which. One
// flight at a time gets a token for all who wait for it.
//
// Ownership: shared with flights, which come back to it.
// Thread safety: thread-safe. Callbacks run under no lock.
class TokenTable : public std::enable_shared_from_this<TokenTable> {
 public:
  using Record = std::shared_ptr<const TokenRecord>;

  explicit TokenTable(OAuthSetup setup);

  const OAuthSetup& setup() const noexcept { return setup_; }
  const TokenStore& store() const noexcept { return store_; }
  policy::WallTime now() const { return setup_.calendar(); }
  void fault(std::string_view what) const;

  // `refused`: a token that will not do.
  void ask(const TokenUse& use, std::optional<std::string> refused, TokenCallback done);
  // Held from before a provider is asked until what it brings is kept. Null: the end is near.
  using Work = std::shared_ptr<void>;
  Work begin_work();
  // Nobody gets work any more; false: some was still under way when the time was over.
  bool drain(std::chrono::milliseconds patience);
  void stop();
  // Of one place, an extension ("extension/") or a tenant (""): nothing in memory counts any more,
  // what flights bring included.
  void forget(std::string_view tenant, std::string_view key_prefix);
  RemovedMark mark(const std::string& tenant, const std::string& extension);
  // What holds a mark of it makes no entry any more.
  void remove(const std::string& tenant, const std::string& extension);

  // -- for flights
  struct Flying;
  using FlyingPtr = std::shared_ptr<Flying>;
  // Whether somebody who waits will not have this token.
  bool must_renew(Flying& flying, std::string_view token);
  bool is_forgotten(const Flying& flying);
  Record known(const TokenUse& use);
  void remember(const Flying& flying, const TokenUse& use, Record record);
  // For so long a token that has not expired will do.
  void rest(const TokenUse& use, base::Nanoseconds time);
  // For so long the provider is not asked: it said so.
  void close(const TokenUse& use, base::Nanoseconds time);
  void finish(const FlyingPtr& flying, const TokenUse& use, Tokened result);

 private:
  struct Waiter {
    std::optional<std::string> refused;
    TokenCallback done;
    bool heard = false;  // a flight knows what it refuses
  };
  struct Known {
    Record record;
    base::TimePoint read_at{};
    base::TimePoint rests_until{};
    base::TimePoint closed_until{};
    std::list<std::string>::iterator used;
  };

  std::optional<Tokened> known_answer(const Known& known, const std::optional<std::string>& refused)
      SUBLET_REQUIRES(mutex_);
  // The one to wait for: none that was forgotten.
  FlyingPtr find_flying(const std::string& id) SUBLET_REQUIRES(mutex_);
  void end_work();
  Known& touch(const std::string& id) SUBLET_REQUIRES(mutex_);
  void join(const TokenUse& use, Waiter waiter);

  using Marks = std::map<std::string, std::weak_ptr<std::atomic<bool>>, std::less<>>;

  const OAuthSetup setup_;
  const TokenStore store_;
  base::Mutex mutex_;
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
  bool ending_ SUBLET_GUARDED_BY(mutex_) = false;
  std::size_t working_ SUBLET_GUARDED_BY(mutex_) = 0;
  base::CondVar idle_;
  std::multimap<std::string, FlyingPtr, std::less<>> flying_ SUBLET_GUARDED_BY(mutex_);
  std::map<std::string, Known, std::less<>> known_ SUBLET_GUARDED_BY(mutex_);
  std::list<std::string> used_ SUBLET_GUARDED_BY(mutex_);  // ids, those used last in front
  Marks marks_ SUBLET_GUARDED_BY(mutex_);                  // by tenant and extension
  std::size_t tidy_at_ SUBLET_GUARDED_BY(mutex_) = 64;
};

// Who waits for a flight. The table's mutex guards it.
struct TokenTable::Flying {
  std::vector<Waiter> waiters;
  bool forgotten = false;
};

}  // namespace sublet::proxy
