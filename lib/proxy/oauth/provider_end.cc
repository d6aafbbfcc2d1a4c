// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/provider_end.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "policy/names.h"
#include "proxy/oauth/token_call.h"

namespace sublet::proxy {
namespace {

// Tells the provider of one token after the other.
class Telling : public std::enable_shared_from_this<Telling> {
 public:
  Telling(std::shared_ptr<TokenTable> table, TokenUse use, TokenRecord record, Once<void>::Ptr done)
      : table_(std::move(table)),
        use_(std::move(use)),
        record_(std::move(record)),
        done_(std::move(done)) {}

  void run() {
    if (step_ == 2) return end();
    const bool is_first = step_++ == 0;
    const std::string& token = is_first ? record_.refresh_token : record_.access_token;
    if (token.empty()) return run();
    RequestCall call =
        revocation_call(*use_.provider, token, is_first ? "refresh_token" : "access_token");
    table_->setup().send(use_.client->access, std::move(call),
                         [self = shared_from_this(), is_first](const RequestAnswer& answer) {
                           const bool is_good =
                               !answer.error && answer.status >= 200 && answer.status < 300;
                           self->heard(is_first, is_good);
                           self->run();
                         });
  }

 private:
  // A refresh token that lives on gets new access tokens: where there is one, only the word on it
  // counts. Its end is that of the access token too (section 2.1).
  void heard(bool is_refresh, bool is_good) {
    if (is_refresh || record_.refresh_token.empty()) confirmed_ = is_good;
  }
  void end() {
    if (confirmed_) return done_->answer({});
    done_->answer(
        Error{ErrorCode::kUnavailable, fmt::format("it is forgotten here, but the provider {} did "
                                                   "not confirm the revocation",
                                                   policy::in_quotes(use_.provider->name))});
  }

  const std::shared_ptr<TokenTable> table_;
  const TokenUse use_;
  const TokenRecord record_;
  const Once<void>::Ptr done_;
  int step_ = 0;
  bool confirmed_ = false;
};

}  // namespace

void end_at_provider(const std::shared_ptr<TokenTable>& table, const TokenUse& use,
                     const TokenRecord& record, Once<void>::Ptr done) {
  if (use.provider->revoke_url.empty()) return done->answer({});
  std::make_shared<Telling>(table, use, record, std::move(done))->run();
}

void end_late_tokens(const std::shared_ptr<TokenTable>& table, const TokenUse& use,
                     const TokenRecord& record, TokenTable::Work work) {
  const auto told = [table, work = std::move(work)](const Result<void>& result) {
    if (!result) table->fault("a token that came after its grant ended may live on");
  };
  end_at_provider(table, use, record, Once<void>::make(told));
}

}  // namespace sublet::proxy
