// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/arguments.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::hostcall {
namespace {

std::string template_fault(std::string_view arguments) {
  const auto read = read_template_arguments(arguments, "");
  return read ? "read" : read.error().message;
}

std::string fetch_fault(std::string_view arguments) {
  const auto read = read_fetch_arguments(arguments, "");
  return read ? "read" : read.error().message;
}

TEST_CASE("request arguments: a template's name alone, and everything at once") {
  const auto bare = read_template_arguments(R"(["create"])", "left over");
  REQUIRE(bare);
  CHECK(bare->name == "create");
  CHECK(bare->context.empty());
  CHECK(bare->body == nullptr);
  CHECK_FALSE(bare->timeout.has_value());

  const auto full = read_template_arguments(
      R"(["create", {"context":{"a":[1,{"b":2}]},"timeout":1500,"user":"u-1","type":"json"}])",
      R"({"x":1})");
  REQUIRE(full);
  CHECK(full->context == R"({"a":[1,{"b":2}]})");
  CHECK(full->timeout == std::chrono::milliseconds(1500));
  CHECK(full->user == "u-1");
  REQUIRE(full->body != nullptr);
  CHECK(*full->body == R"({"x":1})");
}

TEST_CASE("request arguments: an empty body is one where its type is given") {
  const auto read = read_template_arguments(R"(["put", {"type":"text"}])", "");
  REQUIRE(read);
  REQUIRE(read->body != nullptr);
  CHECK(read->body->empty());
}

TEST_CASE("request arguments: what is wrong is named") {
  CHECK(template_fault("[]") == "an argument is missing");
  CHECK(template_fault("{}") == "the arguments are no array");
  CHECK(template_fault("") == "the arguments are no array");
  CHECK(template_fault("[7]") == "the template's name must be a string");
  CHECK(template_fault(R"(["a", 7])") == "the options must be an object");
  CHECK(template_fault(R"(["a", {"context":[]}])") == "context must be an object");
  CHECK(template_fault(R"(["a", {"timeout":0}])").starts_with("timeout must be"));
  CHECK(read_template_arguments(R"(["a", {"timeout":2000000000}])", "")->timeout ==
        std::chrono::milliseconds(600'000));
  CHECK(template_fault(R"(["a", {"timeout":1.5}])").starts_with("timeout must be"));
  CHECK(template_fault(R"(["a", {"contxt":{}}])") ==
        R"(there is no option "contxt"; did you mean "context"?)");
  CHECK(template_fault(R"(["a", {"type":"xml"}])").starts_with("type must be one of"));
  CHECK(template_fault(R"(["a", {"user":")" + std::string(257, 'u') + R"("}])") ==
        "user has more than 256 bytes");
  CHECK(template_fault(R"(["a", {}, 1])") == "there are too many arguments");
  const std::string deep =
      R"(["a", {"context":{"a":)" + std::string(90, '[') + std::string(90, ']') + "}}]";
  CHECK(template_fault(deep).starts_with("the arguments are nested deeper"));
}

TEST_CASE("fetch arguments: everything at once") {
  const auto read = read_fetch_arguments(
      R"([{"url":"https://a.example/","method":"POST","headers":[["X-A","1"],["x-a","2"]],)"
      R"("redirect":"manual","cache":"only-if-cached","timeout":5,)"
      R"("nonce":"0123456789abcdef0123456789abcdef","body":true}])",
      "text");
  REQUIRE(read);
  CHECK(read->url == "https://a.example/");
  CHECK(read->method == "POST");
  CHECK(read->headers == policy::HttpFields{{"X-A", "1"}, {"x-a", "2"}});
  CHECK(read->redirect == proxy::RedirectMode::kManual);
  CHECK(read->cache == proxy::CacheMode::kOnlyIfCached);
  CHECK(read->timeout == std::chrono::milliseconds(5));
  REQUIRE(read->body != nullptr);
  CHECK(*read->body == "text");
}

TEST_CASE("fetch arguments: the words of redirect and cache mean what the platform says") {
  const auto mode = [](const std::string& word) {
    return read_fetch_arguments(R"([{"url":"u","cache":")" + word + R"("}])", "")->cache;
  };
  using proxy::CacheMode;
  const std::vector<std::pair<std::string, CacheMode>> cases = {
      {"default", CacheMode::kDefault},        {"no-store", CacheMode::kNoStore},
      {"reload", CacheMode::kReload},          {"no-cache", CacheMode::kNoCache},
      {"force-cache", CacheMode::kForceCache}, {"only-if-cached", CacheMode::kOnlyIfCached}};
  for (const auto& [word, expected] : cases) CHECK(mode(word) == expected);
  CHECK(read_fetch_arguments(R"([{"url":"u","redirect":"error"}])", "")->redirect ==
        proxy::RedirectMode::kError);
}

TEST_CASE("fetch arguments: what is wrong is named") {
  CHECK(fetch_fault(R"([{"url":7}])") == "the URL must be a string");
  CHECK(fetch_fault(R"([{"url":"u","headers":{}}])") == "headers must be an array");
  CHECK(fetch_fault(R"([{"url":"u","headers":[["a"]]}])") == "a header must be a name and a value");
  CHECK(fetch_fault(R"([{"url":"u","headers":[["a","b","c"]]}])") ==
        "a header must be a name and a value");
  CHECK(fetch_fault(R"([{"url":"u","headers":[["a",7]]}])") == "a header must be a string");
  CHECK(fetch_fault(R"([{"url":"u","nonce":"xyz"}])") == "nonce is none");
  CHECK(fetch_fault(R"([{"url":"u","redirect":"x"}])").starts_with("redirect must be one of"));
  std::string many = R"([{"url":"u","headers":[["a","b"])";
  for (int i = 0; i < 256; ++i) many += R"(,["a","b"])";
  CHECK(fetch_fault(many + "]}]") == "there are more than 256 headers");
}

}  // namespace
}  // namespace sublet::hostcall
