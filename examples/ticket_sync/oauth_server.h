// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "product_server.h"

namespace ticket_sync {

// The tracker's OAuth server: the authorization code flow with PKCE, for a user who is logged in
// and always says yes. Access tokens live as long as they are told; a refresh token is good for one
// refresh, and whoever uses one twice loses the grant. Thread-safe.
class OAuthServer {
 public:
  OAuthServer(std::string client_id, std::string client_secret);

  void add_routes(ProductServer& server);
  // Whether "Authorization" has an access token that is good now.
  bool permits(const httplib::Request& request) const;

  // All access tokens are too old from now on.
  void expire_tokens();
  int refreshes() const;
  bool grant_lost() const;
  // Every token that was ever given out.
  std::set<std::string> issued() const;

 private:
  void authorize(const httplib::Request& request, httplib::Response& response);
  void token(const httplib::Request& request, httplib::Response& response);
  bool redeem_code(const httplib::Request& request);
  bool redeem_refresh_token(const httplib::Request& request);
  void grant(httplib::Response& response);

  const std::string client_id_;
  const std::string credentials_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> challenges_;  // by code
  std::set<std::string> good_;                     // access tokens
  std::string refresh_token_;                      // the last one
  std::set<std::string> issued_;
  int refreshes_ = 0;
  bool grant_lost_ = false;
};

}  // namespace ticket_sync
