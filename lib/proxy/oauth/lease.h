// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "proxy/oauth/token_store.h"

namespace sublet::proxy {

// The right to ask the provider for one token, which one process has at a time: an entry that ends
// by itself, so that a holder that died is overtaken.
struct TokenLease {
  TokenPlace place;
  std::uint64_t version = 0;
};

// Nullopt: somebody else has it. `holder` is random.
void acquire_lease(const TokenStore& store, const TokenPlace& place, std::string holder,
                   std::chrono::milliseconds time, Once<std::optional<TokenLease>>::Callback done);

// Where it fails, the lease ends by itself.
void release_lease(const TokenStore& store, const TokenLease& lease);

}  // namespace sublet::proxy
