// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/timer_service.h"
#include "proxy/oauth/once.h"
#include "proxy/oauth/token_record.h"
#include "sublet/adapters/key_value_store.h"

// Token records in the key-value store.
namespace sublet::proxy {

inline constexpr std::string_view kTokenSpace = "sublet/oauth";

// Whose token: of a tenant, an extension, a provider and perhaps a user.
struct TokenPlace {
  std::string tenant;
  std::string key;  // "<extension>/<provider>/<user>", the last two percent-encoded

  KeyValueKey at() const { return {std::string(kTokenSpace), key}; }
};

// kInvalidArgument: the user's name is too long, or none.
Result<TokenPlace> token_place(std::string_view tenant, std::string_view extension,
                               std::string_view provider, std::string_view user);

struct StoredToken {
  std::uint64_t version = 0;          // 0: there is no entry
  std::optional<TokenRecord> record;  // nothing, too, where the entry is not readable
};

// What is to become of an entry.
struct TokenChange {
  enum class Kind : std::uint8_t { kLeave, kPut, kRemove };
  Kind kind = Kind::kLeave;
  std::optional<TokenRecord> record = {};  // kPut
};

// Looks at what is there and says what is to become of it. Called once more each time that somebody
// else changed it, or that the store did not say what it did: it must know its own work.
using TokenDecision = std::function<TokenChange(const StoredToken&)>;

// Whether an entry is still what was put there.
bool is_still(const StoredToken& stored, const TokenRecord& made);
// Takes back what was put.
TokenDecision taking_back(TokenRecord made);

// How long a store that has no answer is asked again, with growing pauses up to five seconds.
inline constexpr int kUsualPatience = 4;
inline constexpr int kLongPatience = 720;  // an hour

// Ownership: shares the store; copies are of one and the same. Until stop() it uses the timers.
// Thread safety: thread-safe.
class TokenStore {
 public:
  TokenStore(std::shared_ptr<KeyValueStore> store, base::TimerService* timers)
      : store_(std::move(store)), timers_(timers) {}

  // Nothing is tried again any more.
  void stop() const { *stopped_ = true; }
  bool is_stopped() const { return *stopped_; }
  // False: it never runs.
  bool later(base::Nanoseconds delay, std::function<void()> fn) const {
    return !is_stopped() && timers_->schedule(delay, std::move(fn)) != 0;
  }

  void read(const TokenPlace& place, Once<StoredToken>::Callback done) const;
  // Answers what is there afterwards.
  void update(const TokenPlace& place, TokenDecision decision, int patience,
              Once<StoredToken>::Callback done) const;

  KeyValueStore& store() const { return *store_; }

 private:
  std::shared_ptr<KeyValueStore> store_;
  base::TimerService* timers_;
  std::shared_ptr<std::atomic<bool>> stopped_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sublet::proxy
