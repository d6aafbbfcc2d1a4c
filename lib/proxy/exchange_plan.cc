// SPDX-License-Identifier: Apache-2.0
// What is to be sent: the token, the plan, and whether its first URL is allowed.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proxy/codes.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"
#include "proxy/fields.h"
#include "proxy/trace_context.h"

namespace sublet::proxy {

void Exchange::ask_token() {
  if (call_.oauth.empty()) {
    stage_ = Stage::kPlan;
    return;
  }
  if (!access_->tokens) {
    return end(make_error(codes::kNotAuthorized, "this extension has no OAuth provider"));
  }
  const std::uint64_t step = wait_for(Waiting::kToken);
  access_->tokens->get(call_.oauth, call_.user, [self = shared_from_this(), step](Tokened tokened) {
    self->deliver(step, std::move(tokened));
  });
}

void Exchange::on_token(Tokened tokened) {
  if (auto* const error = std::get_if<RequestError>(&tokened)) return end(std::move(*error));
  token_ = std::move(std::get_if<AccessToken>(&tokened)->value);
  know_secret(token_);
  stage_ = Stage::kPlan;
}

// Once, and for an answer of who was sent the token.
bool Exchange::may_renew() const {
  return !call_.oauth.empty() && !renewed_ && hop_.carries_secrets && access_->tokens;
}

void Exchange::renew_token() {
  forget_stored();
  renewed_ = true;
  const std::string refused = token_;
  const std::uint64_t step = wait_for(Waiting::kRenewal);
  access_->tokens->renew(call_.oauth, call_.user, refused,
                         [self = shared_from_this(), step](Tokened tokened) {
                           self->deliver(step, std::move(tokened));
                         });
}

void Exchange::make_plan() {
  std::optional<std::string_view> token;
  if (!call_.oauth.empty()) token = token_;
  Planned planned = call_.plan(token);
  if (auto* const error = std::get_if<RequestError>(&planned)) {
    if (error->code == codes::kBodyTooLarge) reach(Limit::kRequestBody);
    return end(std::move(*error));
  }
  plan_ = std::move(*std::get_if<RequestPlan>(&planned));
  for (const std::string& secret : plan_.secrets) know_secret(secret);
  stage_ = Stage::kCheck;
}

void Exchange::check_plan() {
  record_.method = plan_.method;
  std::string fault = fault_of(plan_.method, plan_.headers, plan_.body != nullptr);
  if (!fault.empty()) return end(make_error(codes::kArgument, std::move(fault)));
  const Bytes most = access_->limits.request_body;
  if (plan_.body && plan_.body->size() > most.count) {
    reach(Limit::kRequestBody);
    if (access_->limits.enforcement(Limit::kRequestBody) == Enforcement::kEnforce) {
      return end(make_error(codes::kBodyTooLarge,
                            fmt::format("the body has {} bytes; it may have at most {}",
                                        plan_.body->size(), most.count)));
    }
  }
  check_target();
}

void Exchange::check_target() {
  egress_ = egress_of(access_, plan_);
  auto target = policy::check_url(*egress_, plan_.url);
  if (!target) return end(of_refusal(target.refusal()));
  hop_.method = plan_.method;
  hop_.target = *std::move(target);
  hop_.headers = outgoing_fields(plan_.headers);
  hop_.body = plan_.body;
  hop_.carries_secrets = true;
  followed_ = 0;
  record_.origin = hop_.target.origin();
  if (pool_.empty()) {
    pool_ = pool_of(access_->tenant, *egress_);
    cache_scope_ = cache_scope_of(*access_);
    begin_trace();
  }
  stage_ = Stage::kHop;
}

void Exchange::begin_trace() {
  if (!access_->policy.trace_context || call_.trace_parent.empty()) return;
  std::string span = span_id_of(core_->gate().random());
  std::optional<std::string> child = child_of(call_.trace_parent, span);
  if (!child) return;
  trace_parent_ = *std::move(child);
  record_.span_id = std::move(span);
}

}  // namespace sublet::proxy
