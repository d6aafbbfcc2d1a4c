// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "proxy/oauth/lease.h"
#include "proxy/oauth/token_answer.h"
#include "proxy/oauth/token_table.h"

namespace sublet::proxy {

// Gets one token for all who wait for it in the table: from the store; else, while it has the
// lease, from the provider.
//
// Ownership: the step under way holds it, and it holds the table.
// Thread safety: one step after another, on whatever thread.
class TokenFlight : public std::enable_shared_from_this<TokenFlight> {
 public:
  TokenFlight(std::shared_ptr<TokenTable> table, TokenUse use, TokenTable::FlyingPtr flying);
  // Tells those who wait where no step came to an end.
  ~TokenFlight();
  TokenFlight(const TokenFlight&) = delete;
  TokenFlight& operator=(const TokenFlight&) = delete;

  void start();

 private:
  using Record = TokenTable::Record;

  // What the store has, once more whenever somebody else may have changed it.
  void read();
  void decide();
  // The record of this client, where there is one.
  const TokenRecord* record() const;
  bool can_ask() const;

  void acquire();
  void renew_lease();
  void wait();

  void ask_provider();
  void answered(const TokenAnswer& answer);
  Result<Record> made_of(const GrantedToken& granted) const;
  void save(const Record& mine);
  TokenDecision saving(const Record& mine) const;
  void saved(const Result<StoredToken>& stored, const Record& mine);
  void save_later(const Record& mine);
  void grant_is_lost();

  void found(const Record& found);
  void not_authorized();
  // A token that has not expired will do for now.
  void fall_back(const std::string& why, std::optional<base::Nanoseconds> retry_after);
  void finish(Tokened result);

  const std::shared_ptr<TokenTable> table_;
  const TokenUse use_;
  const TokenTable::FlyingPtr flying_;
  const std::chrono::milliseconds lease_time_;
  const base::TimePoint give_up_at_;
  base::Nanoseconds pause_{std::chrono::milliseconds(100)};
  StoredToken base_;
  std::optional<TokenLease> lease_;
  base::TimePoint asked_for_lease_{};  // before it began to run
  TokenTable::Work work_;
  bool finished_ = false;
};

}  // namespace sublet::proxy
