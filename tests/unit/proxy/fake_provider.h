// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "proxy/oauth/form_text.h"
#include "proxy/request_plan.h"

namespace sublet::proxy {

// What a provider was asked.
struct ProviderRequest {
  std::string name;
  RequestPlan plan;
  std::map<std::string, std::string> form;

  std::string field(const std::string& key) const;
  std::string header(const std::string& key) const;
};

RequestAnswer answer_of(int status, const std::string& body,
                        const std::string& type = "application/json");
RequestAnswer failure_of(const std::string& code);

// Plays an OAuth provider whose refresh tokens rotate: each is good once.
//
// Thread safety: none; answers inside the call, or when a test says so.
class FakeProvider {
 public:
  std::uint64_t send(RequestCall call, AnswerCallback done);

  // A user agrees: the code for an authorize URL.
  std::string agree(const std::string& authorize_url);
  // Answers what is held.
  void answer_all();
  std::size_t held() const { return held_.size(); }
  // All access tokens, refresh tokens and codes that it ever made.
  const std::vector<std::string>& secrets() const { return secrets_; }

  // Instead of its own answer, where it gives one.
  std::function<std::optional<RequestAnswer>(const ProviderRequest&)> instead;
  bool hold = false;
  bool rotates = true;
  std::string lifetime = "3600";
  std::vector<ProviderRequest> requests;
  std::set<std::string> revoked;

 private:
  struct Held {
    RequestAnswer answer;
    AnswerCallback done;
  };
  RequestAnswer answer(const ProviderRequest& request);
  RequestAnswer by_code(const ProviderRequest& request);
  RequestAnswer by_refresh(const ProviderRequest& request);
  RequestAnswer grant(bool with_refresh);
  std::string make(const std::string& what);

  std::map<std::string, std::map<std::string, std::string>> codes_;
  std::set<std::string> refresh_tokens_;
  std::vector<std::string> secrets_;
  std::vector<Held> held_;
  int made_ = 0;
};

}  // namespace sublet::proxy
