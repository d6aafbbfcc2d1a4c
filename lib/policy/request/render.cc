// SPDX-License-Identifier: Apache-2.0
#include "policy/request/render.h"

#include <fmt/format.h>

#include <utility>

#include "base/ascii.h"
#include "base/json_scan.h"
#include "policy/request/compiler.h"
#include "policy/request/escape.h"
#include "policy/request/renderer.h"

namespace sublet::policy {

std::string_view to_string(RenderFault fault) noexcept {
  switch (fault) {
    case RenderFault::kNone:
      return "none";
    case RenderFault::kBadContext:
      return "bad_context";
    case RenderFault::kMissingContext:
      return "missing_context";
    case RenderFault::kMissingParameter:
      return "missing_parameter";
    case RenderFault::kMissingAccessToken:
      return "missing_access_token";
    case RenderFault::kHeaderInjection:
      return "header_injection";
    case RenderFault::kUrlRefused:
      return "url_refused";
    case RenderFault::kTooLarge:
      return "request_too_large";
    case RenderFault::kBodyInvalid:
      break;
  }
  return "body_invalid";
}

std::string RenderedRequest::url() const {
  std::string out = (https ? "https://" : "http://") + host;
  if (port) out += ":" + std::to_string(*port);
  out += path;
  if (!query.empty()) out += "?" + query;
  return out;
}

RenderOutcome render(const CompiledRequest& compiled, const RenderInput& input) {
  return Renderer(compiled, input).run();
}

bool Renderer::fail(RenderFault fault, std::string_view field, std::string_view what) {
  outcome_.fault = fault;
  outcome_.message = fmt::format("{}: {}", field, what);
  outcome_.request = {};
  return false;
}

bool Renderer::fail_too_large(std::string_view field) {
  return fail(RenderFault::kTooLarge, field,
              fmt::format("has more than {} bytes", input_.max_body_bytes));
}

RenderOutcome Renderer::run() {
  RenderedRequest& made = outcome_.request;
  made.method = compiled_.method;
  made.https = compiled_.https;
  made.port = compiled_.port;
  auto found = find_in_context(input_.context, compiled_.context_paths);
  if (!found) {
    fail(RenderFault::kBadContext, "requests." + compiled_.name, found.error().message);
    return std::move(outcome_);
  }
  context_ = std::move(*found);
  if (host() && path() && query() && headers() && body() && made.url().size() > kMaxUrlBytes) {
    fail(RenderFault::kUrlRefused, compiled_.path_field,
         fmt::format("the URL has more than {} bytes", kMaxUrlBytes));
  }
  return std::move(outcome_);
}

bool Renderer::host() {
  const TextTemplate& source = compiled_.host;
  std::string& host = outcome_.request.host;
  if (!text(source, {SecretPlace::kPath, {}}, host)) return false;
  host = base::lower_case(host);
  if (source.pieces.size() == 1 && source.pieces[0].is_literal()) return true;
  if (!is_domain(host)) {
    return fail(RenderFault::kUrlRefused, source.field, "a parameter makes it no host's name");
  }
  if (input_.host_allowed && input_.host_allowed(host)) return true;
  return fail(RenderFault::kUrlRefused, source.field,
              "a parameter makes it a host that the manifest's egress does not name");
}

bool Renderer::path() {
  std::string& out = outcome_.request.path;
  for (const TextTemplate& source : compiled_.segments) {
    out += '/';
    if (!segment(source, out)) return false;
  }
  return true;
}

bool Renderer::segment(const TextTemplate& source, std::string& out) {
  std::string made;
  if (!text(source, {SecretPlace::kPath, {}}, made)) return false;
  const bool literal =
      source.pieces.empty() || (source.pieces.size() == 1 && source.pieces[0].is_literal());
  if (!literal && made.empty()) {
    return fail(RenderFault::kUrlRefused, source.field, "a value leaves a segment empty");
  }
  if (!literal && is_dot_segment(made)) {
    return fail(RenderFault::kUrlRefused, source.field, "a value makes a segment \".\" or \"..\"");
  }
  out += made;
  return true;
}

bool Renderer::query() {
  std::string& out = outcome_.request.query;
  for (const NamedTemplate& source : compiled_.query) {
    std::optional<std::string> value;
    if (!named(source, {SecretPlace::kQuery, source.name}, value)) return false;
    if (!value) continue;
    if (!out.empty()) out += '&';
    out += source.name + "=" + *value;
  }
  return true;
}

bool Renderer::headers() {
  for (const NamedTemplate& source : compiled_.headers) {
    std::optional<std::string> value;
    if (!named(source, {SecretPlace::kHeader, source.name}, value)) return false;
    if (!value) continue;
    if (value->size() > kMaxHeaderBytes) {
      return fail(RenderFault::kHeaderInjection, source.value.field,
                  fmt::format("has more than {} bytes", kMaxHeaderBytes));
    }
    outcome_.request.headers.emplace_back(source.name, std::move(*value));
  }
  return true;
}

bool Renderer::body() {
  if (input_.body) return given_body();
  if (!compiled_.has_body) return true;
  std::string made;
  if (!text(compiled_.body, {SecretPlace::kBody, {}}, made)) return false;
  for (const NamedTemplate& source : compiled_.form) {
    std::optional<std::string> value;
    if (!named(source, {SecretPlace::kBody, {}}, value)) return false;
    if (!value) continue;
    if (!made.empty()) made += '&';
    made += source.name + "=" + *value;
  }
  return check_body(std::move(made));
}

bool Renderer::given_body() {
  if (compiled_.method == "GET" || compiled_.method == "HEAD") {
    return fail(RenderFault::kBodyInvalid, "body", "may not be given with " + compiled_.method);
  }
  return check_body(std::string(*input_.body));
}

bool Renderer::check_body(std::string body) {
  if (body.size() > input_.max_body_bytes) return fail_too_large("body");
  // One value in another may be as deep as both.
  if (compiled_.body_kind == BodyKind::kJson &&
      !base::scan_json(body, kMaxBodyDepth + kMaxContextDepth).ok()) {
    return fail(RenderFault::kBodyInvalid, "body", "is no JSON in UTF-8, as the Content-Type says");
  }
  RenderedRequest& made = outcome_.request;
  made.body = std::move(body);
  for (const auto& [name, value] : made.headers) {
    if (base::lower_case(name) == "content-type") return true;
  }
  made.headers.emplace_back("Content-Type", "application/json");
  return true;
}

}  // namespace sublet::policy
