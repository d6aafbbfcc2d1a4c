// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "policy/egress/host_pattern.h"
#include "policy/http_fields.h"
#include "policy/request/declaration.h"
#include "sublet/limits.h"
#include "sublet/request.h"

namespace sublet::proxy {

// Why there is no answer. The message is for tenant code: it shows no secret and nothing of the
// host's network.
struct RequestError {
  std::string code;  // see codes.h
  std::string message;
  // Where it may be worth asking again after so long.
  std::optional<base::Nanoseconds> retry_after = {};
};

// One request as it is to leave, secrets filled in. Nothing of it is checked against the egress
// policy yet.
struct RequestPlan {
  std::string method;
  std::string url;
  policy::HttpFields headers;
  std::shared_ptr<const std::string> body;  // null: none

  // What holds a secret: these headers (beside Authorization and Cookie), the URL, the body. None
  // of it goes to another origin, by a redirect say; a body or URL that must is kRedirect.
  std::vector<std::string> secret_fields;
  bool secret_in_url = false;
  bool secret_in_body = false;
  // Their values: what comes back must not show them.
  std::vector<std::string> secrets;
  // The host that the manifest names in this very template: allowed as an entry of its `egress`
  // would be, where the host's policy covers it.
  std::optional<policy::HostPattern> declared;
};

using Planned = std::variant<RequestPlan, RequestError>;

enum class RedirectMode : std::uint8_t {
  kFollow,
  kError,   // one is kRedirect
  kManual,  // it is the answer
};

// fetch's `cache`, and what a template means where it declares none: kNoStore.
enum class CacheMode : std::uint8_t {
  kDefault,
  kNoStore,       // goes past the cache
  kReload,        // not from it, but into it
  kNoCache,       // validated in any case
  kForceCache,    // also a stale one
  kOnlyIfCached,  // else kNotCached
};

// One request that tenant code makes (or, for an OAuth token, the host).
struct RequestCall {
  std::string name;  // for the record: the template's, "fetch", "oauth:crm"
  // Makes the plan. Called before anything else, with the token where `oauth` names a provider; and
  // once more with a new token after a 401. On any thread, quick, must not throw.
  std::function<Planned(std::optional<std::string_view> access_token)> plan;
  std::string oauth;               // the provider whose access token the plan needs; empty: none
  std::string user;                // for a token of user scope
  policy::RequestOptions options;  // of the template; secret_in_path is the plan's business
  RedirectMode redirect = RedirectMode::kFollow;
  CacheMode cache = CacheMode::kNoStore;
  base::TimePoint deadline = base::TimePoint::max();  // the invocation's
  // W3C trace context of the invocation (Event::trace_parent, trace_state), where there is one.
  std::string trace_parent;
  std::string trace_state;
};

// What tenant code gets: the final answer, scrubbed.
struct RequestAnswer {
  std::optional<RequestError> error;  // set: nothing of `response` counts
  int status = 0;
  policy::HttpFields headers;  // names in lower case, in the order in which they came
  std::string url;             // where it came from, scrubbed
  bool redirected = false;
  std::shared_ptr<const std::string> body;  // never null where there is no error

  RequestRecord record;         // `at` is left 0
  LimitSet limits_reached = 0;  // kRequestRate, kRequestsUnderWay, kRequestBody, kResponseBody
};

using AnswerCallback = std::function<void(RequestAnswer)>;

}  // namespace sublet::proxy
