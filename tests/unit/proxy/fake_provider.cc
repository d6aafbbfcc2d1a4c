// SPDX-License-Identifier: Apache-2.0
#include "fake_provider.h"

#include <memory>
#include <utility>

#include "base/sha256.h"
#include "proxy/oauth/secret_text.h"

namespace sublet::proxy {
namespace {

std::map<std::string, std::string> fields_of(const std::string& text) {
  std::map<std::string, std::string> out;
  const auto form = read_form(text);
  for (const char* name : {"grant_type", "code", "redirect_uri", "code_verifier", "refresh_token",
                           "scope", "client_id", "client_secret", "audience", "token",
                           "token_type_hint", "response_type", "state", "code_challenge",
                           "code_challenge_method", "access_type", "tenant_key", "prompt"}) {
    if (form && form->find(name) != nullptr) out[name] = form->text(name);
  }
  return out;
}

}  // namespace

std::string ProviderRequest::field(const std::string& key) const {
  const auto found = form.find(key);
  return found == form.end() ? "(none)" : found->second;
}

std::string ProviderRequest::header(const std::string& key) const {
  return std::string(policy::only_value_of(plan.headers, key).value_or("(none)"));
}

RequestAnswer answer_of(int status, const std::string& body, const std::string& type) {
  RequestAnswer out;
  out.status = status;
  out.headers = {{"content-type", type}};
  out.body = std::make_shared<const std::string>(body);
  return out;
}

RequestAnswer failure_of(const std::string& code) {
  RequestAnswer out;
  out.error = RequestError{code, "a message"};
  return out;
}

std::uint64_t FakeProvider::send(RequestCall call, AnswerCallback done) {
  ProviderRequest request;
  request.name = call.name;
  request.plan = std::get<RequestPlan>(call.plan(std::nullopt));
  request.form = fields_of(*request.plan.body);
  requests.push_back(request);
  RequestAnswer made = answer(request);
  if (hold) {
    held_.push_back({std::move(made), std::move(done)});
  } else {
    done(std::move(made));
  }
  return requests.size();
}

void FakeProvider::answer_all() {
  for (Held& one : std::exchange(held_, {})) one.done(std::move(one.answer));
}

std::string FakeProvider::make(const std::string& what) {
  return secrets_.emplace_back(what + "-hidden-" + std::to_string(++made_));
}

std::string FakeProvider::agree(const std::string& authorize_url) {
  const std::string code = make("code");
  codes_[code] = fields_of(authorize_url.substr(authorize_url.find('?') + 1));
  return code;
}

RequestAnswer FakeProvider::answer(const ProviderRequest& request) {
  if (instead) {
    if (auto other = instead(request)) return *other;
  }
  if (request.form.contains("token")) {
    revoked.insert(request.field("token"));
    return answer_of(200, "");
  }
  const std::string type = request.field("grant_type");
  if (type == "client_credentials") return grant(false);
  if (type == "authorization_code") return by_code(request);
  if (type == "refresh_token") return by_refresh(request);
  return answer_of(400, R"({"error": "unsupported_grant_type"})");
}

RequestAnswer FakeProvider::by_code(const ProviderRequest& request) {
  const auto found = codes_.find(request.field("code"));
  if (found == codes_.end()) return answer_of(400, R"({"error": "invalid_grant"})");
  const auto asked = std::move(found->second);
  codes_.erase(found);
  const auto digest = base::sha256(request.field("code_verifier"));
  const std::string challenge =
      encode_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  const bool is_same = asked.at("code_challenge") == challenge &&
                       asked.at("code_challenge_method") == "S256" &&
                       asked.at("redirect_uri") == request.field("redirect_uri");
  return is_same ? grant(true) : answer_of(400, R"({"error": "invalid_grant"})");
}

RequestAnswer FakeProvider::by_refresh(const ProviderRequest& request) {
  const std::string token = request.field("refresh_token");
  if (!refresh_tokens_.contains(token)) return answer_of(400, R"({"error": "invalid_grant"})");
  if (rotates) refresh_tokens_.erase(token);
  return grant(rotates);
}

RequestAnswer FakeProvider::grant(bool with_refresh) {
  std::string body = R"({"access_token": ")" + make("access") + R"(", "token_type": "bearer")";
  if (!lifetime.empty()) body += ", \"expires_in\": " + lifetime;
  if (with_refresh) {
    const std::string token = make("refresh");
    refresh_tokens_.insert(token);
    body += R"(, "refresh_token": ")" + token + R"(", "scope": "read write")";
  }
  return answer_of(200, body + "}");
}

}  // namespace sublet::proxy
