// SPDX-License-Identifier: Apache-2.0
#include "oauth_server.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "product_server.h"

namespace ticket_sync {
namespace {

std::string random_text() {
  std::random_device random;
  std::string text;
  for (int i = 0; i < 32; ++i) text += "0123456789abcdefghijklmnopqrstuv"[random() % 32];
  return text;
}

std::string base64(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// RFC 7636, 4.6
std::string challenge_of(const std::string& verifier) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  EVP_Q_digest(nullptr, "SHA256", nullptr, verifier.data(), verifier.size(), digest, &size);
  std::string text = base64({reinterpret_cast<const char*>(digest), size});
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text.substr(0, text.find('='));
}

}  // namespace

OAuthServer::OAuthServer(std::string client_id, std::string client_secret)
    : client_id_(std::move(client_id)),
      credentials_("Basic " + base64(client_id_ + ":" + client_secret)) {}

void OAuthServer::add_routes(ProductServer& server) {
  server.get("/oauth/authorize",
             [this](const auto& request, auto& response) { authorize(request, response); });
  server.post("/oauth/token",
              [this](const auto& request, auto& response) { token(request, response); });
}

bool OAuthServer::permits(const httplib::Request& request) const {
  const std::lock_guard lock(mutex_);
  const std::string given = request.get_header_value("Authorization");
  return given.starts_with("Bearer ") && good_.contains(given.substr(7));
}

void OAuthServer::expire_tokens() {
  const std::lock_guard lock(mutex_);
  good_.clear();
}

int OAuthServer::refreshes() const {
  const std::lock_guard lock(mutex_);
  return refreshes_;
}

bool OAuthServer::grant_lost() const {
  const std::lock_guard lock(mutex_);
  return grant_lost_;
}

std::set<std::string> OAuthServer::issued() const {
  const std::lock_guard lock(mutex_);
  return issued_;
}

void OAuthServer::authorize(const httplib::Request& request, httplib::Response& response) {
  const std::string redirect = request.get_param_value("redirect_uri");
  if (request.get_param_value("client_id") != client_id_ || redirect.empty() ||
      request.get_param_value("code_challenge_method") != "S256") {
    response.status = 400;
    return;
  }
  const std::string code = random_text();
  {
    const std::lock_guard lock(mutex_);
    challenges_[code] = request.get_param_value("code_challenge");
  }
  response.set_redirect(redirect + "?code=" + code + "&state=" + request.get_param_value("state"));
}

void OAuthServer::token(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex_);
  const std::string grant_type = request.get_param_value("grant_type");
  if (request.get_header_value("Authorization") != credentials_) {
    return answer_json(response, 401, R"({"error":"invalid_client"})");
  }
  const bool redeemed = grant_type == "authorization_code" ? redeem_code(request)
                        : grant_type == "refresh_token"    ? redeem_refresh_token(request)
                                                           : false;
  if (!redeemed) return answer_json(response, 400, R"({"error":"invalid_grant"})");
  grant(response);
}

bool OAuthServer::redeem_code(const httplib::Request& request) {
  const auto found = challenges_.find(request.get_param_value("code"));
  if (found == challenges_.end()) return false;
  const std::string challenge = found->second;
  challenges_.erase(found);
  return challenge == challenge_of(request.get_param_value("code_verifier"));
}

bool OAuthServer::redeem_refresh_token(const httplib::Request& request) {
  const std::string given = request.get_param_value("refresh_token");
  ++refreshes_;
  if (!grant_lost_ && given == refresh_token_) return true;
  // Somebody has a token that is not theirs: nobody can tell who.
  grant_lost_ = true;
  good_.clear();
  return false;
}

void OAuthServer::grant(httplib::Response& response) {
  const std::string access = random_text();
  refresh_token_ = random_text();
  good_.insert(access);
  issued_.insert({access, refresh_token_});
  const nlohmann::json answer = {{"access_token", access},
                                 {"refresh_token", refresh_token_},
                                 {"token_type", "Bearer"},
                                 {"expires_in", 3600}};
  answer_json(response, 200, answer.dump());
}

}  // namespace ticket_sync
