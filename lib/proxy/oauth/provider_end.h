// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "proxy/oauth/once.h"
#include "proxy/oauth/token_table.h"

namespace sublet::proxy {

// Tells the provider that these tokens are to end (RFC 7009), where it declares a revoke_url.
// kUnavailable: it did not confirm it.
void end_at_provider(const std::shared_ptr<TokenTable>& table, const TokenUse& use,
                     const TokenRecord& record, Once<void>::Ptr done);

// Of tokens that came when their grant was gone: nobody waits for it.
void end_late_tokens(const std::shared_ptr<TokenTable>& table, const TokenUse& use,
                     const TokenRecord& record, TokenTable::Work work);

}  // namespace sublet::proxy
