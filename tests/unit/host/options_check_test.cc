// SPDX-License-Identifier: Apache-2.0
#include "host/options_check.h"

#include <doctest/doctest.h>

namespace sublet::host {
namespace {

TEST_SUITE_BEGIN("host");

TEST_CASE("options: what is 0 is filled in") {
  const Result<HostOptions> complete = complete_options({});
  REQUIRE(complete);
  CHECK(complete->workers >= 1);
  CHECK(complete->memory_budget > Bytes::mebibytes(16));
}

TEST_CASE("options: each field out of range is named with its range") {
  HostOptions options;
  options.workers = 257;
  CHECK(complete_options(options).error().message ==
        "HostOptions::workers is 257; it must be at most 256");
  options = {};
  options.warm_isolates = 65;
  CHECK(complete_options(options).error().message.find("warm_isolates") != std::string::npos);
  options = {};
  options.warm_contexts = 65;
  CHECK(complete_options(options).error().message.find("warm_contexts") != std::string::npos);
  options = {};
  options.memory_budget = Bytes{1};
  CHECK(complete_options(options).error().message.find("memory_budget") != std::string::npos);
  options = {};
  options.default_policy.limits.cpu_time = std::chrono::milliseconds(0);
  const std::string message = complete_options(options).error().message;
  CHECK(message.find("default_policy") != std::string::npos);
  CHECK(message.find("cpu_time") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::host
