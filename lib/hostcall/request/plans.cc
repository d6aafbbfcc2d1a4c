// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/plans.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "hostcall/argument_fields.h"
#include "hostcall/request/placeholders.h"
#include "policy/egress/url.h"
#include "policy/names.h"
#include "policy/request/render.h"
#include "proxy/codes.h"

namespace sublet::hostcall {
namespace {

using policy::HostPattern;
using proxy::Planned;
using proxy::RequestError;
using proxy::RequestPlan;

// What dry run of Limits::request_body takes: as much as any limit may be.
constexpr std::size_t kMostBody = Bytes::mebibytes(64).count;

RequestError refuse(std::string_view code, std::string message) {
  return {std::string(code), std::move(message)};
}

std::optional<std::string> secret_value(const policy::ParameterValues& values,
                                        std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end() || !found->second.secret) return std::nullopt;
  return found->second.text;
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

RequestPlan plan_of(policy::RenderedRequest rendered) {
  RequestPlan plan;
  plan.url = rendered.url();
  plan.method = std::move(rendered.method);
  for (auto& [name, value] : rendered.headers) plan.headers.push_back({name, std::move(value)});
  if (rendered.body) plan.body = std::make_shared<const std::string>(*std::move(rendered.body));
  for (policy::UsedSecret& used : rendered.secrets) {
    switch (used.place) {
      case policy::SecretPlace::kPath:
      case policy::SecretPlace::kQuery:
        plan.secret_in_url = true;
        break;
      case policy::SecretPlace::kHeader:
        add_once(plan.secret_fields, used.detail);
        break;
      case policy::SecretPlace::kBody:
        plan.secret_in_body = true;
        break;
    }
    add_once(plan.secrets, std::move(used.value));
  }
  const std::string host = (rendered.https ? "" : "http://") + rendered.host +
                           (rendered.port ? ":" + std::to_string(*rendered.port) : "");
  // What is no pattern is refused as a URL later.
  if (auto declared = HostPattern::parse("host", host)) plan.declared = std::move(*declared);
  return plan;
}

// Whether `fetch` may send what has these hosts to this URL.
bool is_bound_to(const RequestTemplates::ByName<std::vector<HostPattern>>& bindings,
                 std::string_view name, const policy::Target& target) {
  const auto found = bindings.find(name);
  return found != bindings.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const HostPattern& pattern) { return pattern.covers(target); });
}

// What stands for the placeholders of one fetch.
class FetchSecrets {
 public:
  FetchSecrets(const ExtensionRequests& requests, const policy::Target* target,
               std::optional<std::string_view> token)
      : requests_(requests), target_(target), token_(token) {}

  Result<std::string> value(const Placeholder& placeholder) const {
    const bool is_token = placeholder.kind == Placeholder::Kind::kToken;
    const std::string what = std::string(is_token ? "the token of provider " : "secret ") +
                             policy::in_quotes(placeholder.text);
    const RequestTemplates& templates = *requests_.templates;
    const auto& bindings = is_token ? templates.providers : templates.secrets;
    if (!bindings.contains(placeholder.text)) return wrong(what + " is not declared");
    if (target_ == nullptr || !is_bound_to(bindings, placeholder.text, *target_)) {
      return wrong(what + " may not be sent to this host (its \"hosts\" in the manifest)");
    }
    if (is_token)
      return token_ ? Result<std::string>(std::string(*token_)) : wrong(what + " is missing");
    auto found = secret_value(requests_.parameters->values, placeholder.text);
    return found ? Result<std::string>(*std::move(found)) : wrong(what + " has no value");
  }

 private:
  const ExtensionRequests& requests_;
  const policy::Target* target_;
  const std::optional<std::string_view> token_;
};

}  // namespace

Planned plan_template(const ExtensionRequests& requests, const policy::CompiledRequest& compiled,
                      const TemplateArguments& arguments,
                      std::optional<std::string_view> access_token) {
  policy::RenderInput input;
  input.context = arguments.context;
  input.parameters = &requests.parameters->values;
  input.secret = [&](std::string_view name) {
    return secret_value(requests.parameters->values, name);
  };
  input.access_token = access_token;
  if (arguments.body != nullptr) input.body = *arguments.body;
  // What parameters make of a host is the installing tenant's choice; the policy has its say later.
  input.host_allowed = [](std::string_view) { return true; };
  const Limits& limits = requests.access->limits;
  const bool dry_run = limits.enforcement(Limit::kRequestBody) == Enforcement::kDryRun;
  input.max_body_bytes = dry_run ? kMostBody : limits.request_body.count;
  policy::RenderOutcome rendered = policy::render(compiled, input);
  if (!rendered.ok()) return refuse(to_string(rendered.fault), std::move(rendered.message));
  return plan_of(std::move(rendered.request));
}

Planned plan_fetch(const ExtensionRequests& requests, const FetchArguments& arguments,
                   std::optional<std::string_view> access_token) {
  RequestPlan plan;
  plan.method = arguments.method;
  plan.url = arguments.url;
  plan.body = arguments.body;
  const auto parsed = policy::parse_url(arguments.url, requests.access->egress.max_url_bytes);
  const FetchSecrets secrets(requests, parsed ? &parsed->target : nullptr, access_token);
  for (const policy::HttpField& field : arguments.headers) {
    const auto value = [&](const Placeholder& placeholder) { return secrets.value(placeholder); };
    const auto replaced = [&](std::string put) {
      add_once(plan.secret_fields, field.name);
      add_once(plan.secrets, std::move(put));
    };
    Result<std::string> text = replace_placeholders(field.value, arguments.nonce, value, replaced);
    if (!text) return refuse(proxy::codes::kSecretDenied, std::move(text).error().message);
    plan.headers.push_back({field.name, std::move(text).value()});
  }
  return plan;
}

Result<TokenWanted> find_token(const FetchArguments& arguments) {
  TokenWanted wanted;
  const auto look = [&](const Placeholder& placeholder) -> Result<std::string> {
    if (placeholder.kind != Placeholder::Kind::kToken) return std::string();
    const bool other = !wanted.provider.empty() &&
                       (wanted.provider != placeholder.text || wanted.user != placeholder.user);
    if (other) return wrong("one request can have one access token only");
    wanted = {placeholder.text, placeholder.user};
    return std::string();
  };
  for (const policy::HttpField& field : arguments.headers) {
    Result<std::string> text =
        replace_placeholders(field.value, arguments.nonce, look, [](std::string) {});
    if (!text) return text.error();
  }
  return wanted;
}

}  // namespace sublet::hostcall
