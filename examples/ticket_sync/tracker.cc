// SPDX-License-Identifier: Apache-2.0
#include "tracker.h"

#include <nlohmann/json.hpp>

namespace ticket_sync {

using Json = nlohmann::json;

Tracker::Tracker(const Certificate& certificate, const std::string& client_secret)
    : oauth_("ticket-sync", client_secret),
      server_(certificate, [this](ProductServer& server) { add_routes(server); }) {}

std::vector<Issue> Tracker::issues() const {
  const std::lock_guard lock(mutex_);
  std::vector<Issue> all;
  for (const auto& [key, issue] : issues_) all.push_back(issue);
  return all;
}

std::optional<Issue> Tracker::issue(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = issues_.find(key);
  return found == issues_.end() ? std::nullopt : std::optional(found->second);
}

Webhook Tracker::resolve(const std::string& key, const std::string& comment) {
  const std::lock_guard lock(mutex_);
  issues_.at(key).resolved = true;
  const Json issue = {{"key", key}, {"resolution", 1}, {"comment", comment}};
  return {"onIssueResolved", Json({{"issue", issue}}).dump()};
}

void Tracker::add_routes(ProductServer& server) {
  oauth_.add_routes(server);
  server.post("/rest/issues",
              [this](const auto& request, auto& response) { create(request, response); });
  server.post("/rest/issues/([^/]+)/comments",
              [this](const auto& request, auto& response) { comment(request, response); });
}

bool Tracker::admit(const httplib::Request& request, httplib::Response& response) {
  if (!oauth_.permits(request)) {
    answer_json(response, 401, R"({"error":"token"})");
    return false;
  }
  const auto known = answers_.find(request.get_header_value("Idempotency-Key"));
  if (known == answers_.end()) return true;
  answer_json(response, 200, known->second);
  return false;
}

void Tracker::create(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex_);
  if (!admit(request, response)) return;
  const Json body = Json::parse(request.body);
  Issue issue;
  issue.key = body.at("project").get<std::string>() + "-" + std::to_string(issues_.size() + 1);
  issue.summary = body.at("summary");
  issue.description = body.at("description");
  const std::string answer = Json({{"key", issue.key}}).dump();
  answers_[request.get_header_value("Idempotency-Key")] = answer;
  issues_[issue.key] = issue;
  answer_json(response, 201, answer);
}

void Tracker::comment(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex_);
  if (!admit(request, response)) return;
  const auto issue = issues_.find(request.matches[1]);
  if (issue == issues_.end()) return answer_json(response, 404, "{}");
  issue->second.comments.push_back(Json::parse(request.body).at("text"));
  answers_[request.get_header_value("Idempotency-Key")] = "{}";
  answer_json(response, 201, "{}");
}

}  // namespace ticket_sync
