// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "oauth_server.h"
#include "product_server.h"

namespace ticket_sync {

struct Issue {
  std::string key;
  std::string summary;
  std::string description;
  bool resolved = false;
  std::vector<std::string> comments;
};

// A stand-in for an issue tracker, at tracker.example:
//   POST /rest/issues                 {project, summary, description} -> {key}
//   POST /rest/issues/KEY/comments    {text} -> {}
// and /oauth/authorize, /oauth/token. A request with an Idempotency-Key that it had before gets the
// answer that it had then. Thread-safe.
class Tracker {
 public:
  Tracker(const Certificate& certificate, const std::string& client_secret);

  ProductServer& server() { return server_; }
  const ProductServer& server() const { return server_; }
  OAuthServer& oauth() { return oauth_; }
  std::vector<Issue> issues() const;
  std::optional<Issue> issue(const std::string& key) const;
  // An engineer resolves it; what the host is told.
  Webhook resolve(const std::string& key, const std::string& comment);

 private:
  void add_routes(ProductServer& server);
  void create(const httplib::Request& request, httplib::Response& response);
  void comment(const httplib::Request& request, httplib::Response& response);
  // Whether the request may go on; answers it otherwise.
  bool admit(const httplib::Request& request, httplib::Response& response);

  OAuthServer oauth_;
  mutable std::mutex mutex_;
  std::map<std::string, Issue> issues_;
  std::map<std::string, std::string> answers_;  // by Idempotency-Key
  ProductServer server_;
};

}  // namespace ticket_sync
