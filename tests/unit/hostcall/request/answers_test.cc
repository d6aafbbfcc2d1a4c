// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/answers.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "base/json_scan.h"

namespace sublet::hostcall {
namespace {

proxy::RequestAnswer answer_with(std::string body) {
  proxy::RequestAnswer answer;
  answer.status = 201;
  answer.url = "https://a.example/x?y=\"1\"";
  answer.headers = {{"content-type", "text/plain"}, {"x-name", "caf\xE9 \"q\""}};
  answer.body = std::make_shared<const std::string>(std::move(body));
  return answer;
}

TEST_CASE("request answers: text is JSON, headers are read as ISO 8859-1") {
  const CheckedAnswer made = answer_request(answer_with("a \"b\"\n\\ \xC3\xA9 \x01"), "fetch");
  CHECK(made.ok);
  CHECK_FALSE(made.bytes);
  CHECK(made.text ==
        "{\"status\":201,\"statusText\":\"\",\"url\":\"https://a.example/x?y=\\\"1\\\"\",\"redirected\":false,"
        "\"headers\":[[\"content-type\",\"text/plain\"],[\"x-name\",\"caf\xC3\xA9 \\\"q\\\"\"]],"
        "\"text\":\"a \\\"b\\\"\\n\\\\ \xC3\xA9 \\u0001\"}");
  CHECK(base::scan_json(made.text, 8).ok());
}

TEST_CASE("request answers: what is no UTF-8 comes as a frame with an ASCII head") {
  const std::string body = "\xFF\x00\x01 body";
  proxy::RequestAnswer answer = answer_with(std::string("\xFF\x00\x01", 3) + " body");
  answer.redirected = true;
  const CheckedAnswer made = answer_request(answer, "fetch");
  CHECK(made.ok);
  REQUIRE(made.bytes);
  REQUIRE(made.text.size() > 4);
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(made.text[at]); };
  const std::size_t size = byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
  REQUIRE(made.text.size() >= 4 + size);
  const std::string head = made.text.substr(4, size);
  CHECK(head.find("\"redirected\":true") != std::string::npos);
  CHECK(head.find("caf\\u00e9") != std::string::npos);
  CHECK(head.find("\"text\"") == std::string::npos);
  CHECK(base::scan_json(head, 8).ok());
  for (const char c : head) CHECK(static_cast<unsigned char>(c) < 0x80);
  CHECK(made.text.substr(4 + size) == *answer.body);
}

TEST_CASE("request answers: a refusal names who called, and has its code") {
  proxy::RequestAnswer answer;
  answer.error = proxy::RequestError{"rate_limited", "the tenant's rate is used up"};
  answer.limits_reached = static_cast<LimitSet>(Limit::kRequestRate);
  const CheckedAnswer made = answer_request(answer, "request \"create\"");
  CHECK_FALSE(made.ok);
  CHECK(made.text == "request \"create\": the tenant's rate is used up");
  CHECK(made.code == "rate_limited");
  CHECK(made.passed == static_cast<LimitSet>(Limit::kRequestRate));
}

}  // namespace
}  // namespace sublet::hostcall
