// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>
#include <sublet/adapters/curl_http_transport.h>
#include <sublet/adapters/name_resolver.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "scenario/support.h"

// What the tests of the request proxy share, which drive it through the whole host.
namespace sublet::scenario {

// A folder of its own, gone with it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sublet-proxy-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Names that a test gives addresses.
class KnownNames final : public NameResolver {
 public:
  explicit KnownNames(std::map<std::string, std::vector<std::string>> names)
      : names_(std::move(names)) {}

  void resolve(std::string name, ResolveCallback done) noexcept override {
    const auto found = names_.find(name);
    if (found != names_.end()) return done(found->second);
    done(Error{ErrorCode::kNotFound, "there is no such name"});
  }

 private:
  const std::map<std::string, std::vector<std::string>> names_;
};

inline std::shared_ptr<HttpTransport> transport_that_trusts(const std::string& ca_file) {
  CurlHttpTransportOptions options;
  options.ca_file = ca_file;
  auto opened = CurlHttpTransport::open(options);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
  return std::move(opened).value();
}

// No limit of these policies is what a test is about.
inline TenantPolicy ample_request_policy() {
  TenantPolicy policy = ample_policy();
  constexpr Rate kAmple{1'000'000, 1s, 1'000'000};
  policy.requests.rate = policy.requests.extension_rate = policy.requests.origin_rate = kAmple;
  policy.kv.rate = kAmple;
  policy.limits.requests = 10'000;
  policy.limits.request_time = 60s;
  policy.limits.kv_operations = 100'000;
  policy.limits.result = Bytes::mebibytes(16);
  policy.limits.log_lines = 10'000;
  policy.limits.log_line = Bytes::kibibytes(256);
  return policy;
}

}  // namespace sublet::scenario
