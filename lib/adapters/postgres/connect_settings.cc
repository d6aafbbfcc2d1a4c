// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/connect_settings.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace sublet::adapters::postgres {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

bool is_secret(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

// How many a list of hosts names.
std::int64_t listed(std::string_view list) { return 1 + std::count(list.begin(), list.end(), ','); }

}  // namespace

Result<ConnectSettings> ConnectSettings::make(const std::string& connection,
                                              std::chrono::milliseconds timeout) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(connection.c_str(), &complaint));
  PQfreemem(complaint);
  if (!options || connection.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument, "connection is no connection string of PostgreSQL"};
  }
  ConnectSettings settings;
  std::int64_t hosts = 1;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword = option->keyword;
    if (is_secret(keyword) && *option->val != '\0') settings.secrets_.emplace_back(option->val);
    if (keyword == "host" || keyword == "hostaddr") hosts = std::max(hosts, listed(option->val));
  }
  settings.connection_ = connection;
  settings.unanswered_for_ = std::to_string(timeout.count());
  settings.timeout_ = timeout * hosts;
  return settings;
}

pg_conn* ConnectSettings::begin() const {
  // The string's own settings come after these and outweigh them. Kerberos is asked for only where
  // it is wanted, since its library reads files and may wait for a server of its own.
  const std::array keywords = {"keepalives_idle",  "keepalives_interval",
                               "keepalives_count", "tcp_user_timeout",
                               "gssencmode",       "fallback_application_name",
                               "dbname",           static_cast<const char*>(nullptr)};
  const std::array values = {"20",
                             "5",
                             "3",
                             unanswered_for_.c_str(),
                             "disable",
                             "sublet",
                             connection_.c_str(),
                             static_cast<const char*>(nullptr)};
  constexpr int kDbnameIsAString = 1;
  return PQconnectStartParams(keywords.data(), values.data(), kDbnameIsAString);
}

std::string ConnectSettings::scrubbed(std::string text) const {
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace sublet::adapters::postgres
