// SPDX-License-Identifier: Apache-2.0
#include "proxy/hop.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "policy/names.h"
#include "proxy/codes.h"
#include "proxy/errors.h"

namespace sublet::proxy {
namespace {

constexpr std::array<std::string_view, 5> kOfBody = {
    "content-encoding", "content-language", "content-location", "content-type", "content-md5"};
constexpr std::array<std::string_view, 3> kCredentials = {"authorization", "cookie",
                                                          "proxy-authorization"};

template <typename Names>
void drop(policy::HttpFields& fields, const Names& names) {
  std::erase_if(fields, [&](const policy::HttpField& field) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return policy::same_field_name(field.name, name);
    });
  });
}

bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

std::optional<RequestError> refusal(const Hop& hop, const policy::Target& to,
                                    const RequestPlan& plan, const policy::Scrubber& scrubber) {
  const auto refuse = [&](std::string_view what) {
    return make_error(
        codes::kRedirect,
        fmt::format("the redirect from {} to {} would take {} with it",
                    policy::in_quotes(hop.target.host), policy::in_quotes(to.host), what));
  };
  if (hop.body && plan.secret_in_body) return refuse("a body that has a secret");
  const std::string url = to.url();
  if (!scrubber.is_clear(url) && scrubber.scrub(url) != url) return refuse("a secret in its URL");
  return std::nullopt;
}

}  // namespace

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<RequestError> follow(Hop& hop, int status, policy::Redirect redirect,
                                   const RequestPlan& plan, const policy::Scrubber& scrubber) {
  if (becomes_get(status, hop.method)) {
    hop.method = "GET";
    hop.body = nullptr;
    drop(hop.headers, kOfBody);
  }
  if (redirect.drop_secrets) {
    if (auto refused = refusal(hop, redirect.target, plan, scrubber)) return refused;
    drop(hop.headers, kCredentials);
    drop(hop.headers, plan.secret_fields);
    hop.carries_secrets = false;
  }
  hop.target = std::move(redirect.target);
  return std::nullopt;
}

}  // namespace sublet::proxy
