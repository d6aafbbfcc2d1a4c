// SPDX-License-Identifier: Apache-2.0
// The part of a session that is `request`, `fetch` and `parameters`.
#include <utility>

#include "hostcall/await_reply.h"
#include "hostcall/host_call_session.h"
#include "hostcall/request/arguments.h"
#include "hostcall/request/calls.h"
#include "hostcall/request/plans.h"
#include "policy/egress/refusal.h"
#include "policy/names.h"
#include "proxy/codes.h"

namespace sublet::hostcall {
namespace {

using engine::HostCallStart;

HostCallStart refuse(std::string_view called, std::string_view code, const std::string& what) {
  return started(
      CheckedAnswer{false, std::string(called) + ": " + what, 0, false, std::string(code)});
}

// Of a template that is not there: which ones are.
std::string no_template(const RequestTemplates& templates, std::string_view name) {
  return "the manifest has no template " + policy::in_quotes(name) +
         (templates.requests.empty() ? ", and no other" : "");
}

proxy::RequestCall template_call(std::shared_ptr<const ExtensionRequests> requests,
                                 const policy::CompiledRequest& compiled,
                                 TemplateArguments arguments) {
  proxy::RequestCall call;
  call.name = arguments.name;
  call.options = compiled.options;
  if (arguments.timeout) call.options.timeout = arguments.timeout;
  if (compiled.uses_access_token) call.oauth = compiled.options.oauth;
  call.user = arguments.user;
  call.cache = compiled.options.cache ? proxy::CacheMode::kDefault : proxy::CacheMode::kNoStore;
  call.plan = [requests = std::move(requests), &compiled,
               arguments = std::move(arguments)](std::optional<std::string_view> token) {
    return plan_template(*requests, compiled, arguments, token);
  };
  return call;
}

proxy::RequestCall fetch_call(std::shared_ptr<const ExtensionRequests> requests,
                              const TokenWanted& token, FetchArguments arguments) {
  proxy::RequestCall call;
  call.name = "fetch";
  call.options.timeout = arguments.timeout;
  call.oauth = token.provider;
  call.user = token.user;
  call.redirect = arguments.redirect;
  call.cache = arguments.cache;
  call.plan = [requests = std::move(requests),
               arguments = std::move(arguments)](std::optional<std::string_view> access_token) {
    return plan_fetch(*requests, arguments, access_token);
  };
  return call;
}

}  // namespace

HostCallStart HostCallSession::call_request(std::string_view name, std::string_view arguments,
                                            std::string body) {
  if (name == kParameters) {
    return {HostCallStart::Kind::kAnswered, 0,
            setup_.requests == nullptr ? "{}" : setup_.requests->parameters->shown};
  }
  if (setup_.requests == nullptr) {
    return refuse(name, policy::to_string(policy::RefusalCode::kEgressDenied),
                  "the manifest names no host (egress) and no template (requests)");
  }
  return name == kFetch ? call_fetch(arguments, std::move(body))
                        : call_template(arguments, std::move(body));
}

HostCallStart HostCallSession::call_template(std::string_view arguments, std::string body) {
  Result<TemplateArguments> read = read_template_arguments(arguments, std::move(body));
  if (!read) return refuse(kRequest, proxy::codes::kArgument, read.error().message);
  const RequestTemplates& templates = *setup_.requests->templates;
  const auto compiled = templates.requests.find(read->name);
  if (compiled == templates.requests.end()) {
    return refuse(kRequest, proxy::codes::kArgument, no_template(templates, read->name));
  }
  std::string called = std::string(kRequest) + " " + policy::in_quotes(read->name);
  return start_request(std::move(called),
                       template_call(setup_.requests, compiled->second, std::move(read).value()));
}

HostCallStart HostCallSession::call_fetch(std::string_view arguments, std::string body) {
  Result<FetchArguments> read = read_fetch_arguments(arguments, std::move(body));
  if (!read) return refuse(kFetch, proxy::codes::kArgument, read.error().message);
  const Result<TokenWanted> token = find_token(*read);
  if (!token) return refuse(kFetch, proxy::codes::kSecretDenied, token.error().message);
  if (!token->provider.empty() &&
      !setup_.requests->templates->providers.contains(token->provider)) {
    return refuse(kFetch, proxy::codes::kSecretDenied,
                  "provider " + policy::in_quotes(token->provider) + " is not declared");
  }
  return start_request(std::string(kFetch),
                       fetch_call(setup_.requests, *token, std::move(read).value()));
}

HostCallStart HostCallSession::start_request(std::string called, proxy::RequestCall call) {
  const std::shared_ptr<RequestCalls> calls = requests();
  if (auto refusal = calls->admit(called)) return started(*std::move(refusal));
  return await_reply(true, [&](AnswerReply reply) {
    calls->start(std::move(called), std::move(call), std::move(reply));
  });
}

std::shared_ptr<RequestCalls> HostCallSession::requests() {
  base::MutexLock lock(mutex_);
  if (!requests_) {
    RequestCalls::Setup setup;
    setup.requests = setup_.requests;
    setup.clock = setup_.clock;
    setup.started = setup_.started;
    setup.deadline = setup_.wall_deadline;
    setup.trace_parent = setup_.trace_parent;
    setup.trace_state = setup_.trace_state;
    requests_ = std::make_shared<RequestCalls>(std::move(setup));
  }
  return requests_;
}

}  // namespace sublet::hostcall
