// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "fake_provider.h"
#include "proxy/oauth/scopes.h"
#include "proxy/oauth/token_answer.h"

namespace sublet::proxy {
namespace {

constexpr policy::WallTime kNow{std::chrono::seconds(1'800'000'000)};
const std::string kForm = "application/x-www-form-urlencoded; charset=utf-8";

// "access refresh scopes lifetime", or the kind of a refusal and why.
std::string shown(const RequestAnswer& answer) {
  const TokenAnswer read = read_token_answer(answer, kNow);
  if (const auto* refusal = std::get_if<TokenRefusal>(&read)) {
    static const char* const kKinds[] = {"invalid_grant", "final", "later"};
    return std::string(kKinds[static_cast<int>(refusal->kind)]) + ": " + refusal->why;
  }
  const auto& granted = std::get<GrantedToken>(read);
  return granted.access_token + " " +
         (granted.refresh_token.empty() ? "-" : granted.refresh_token) + " " +
         (granted.scopes ? "[" + join_scopes(*granted.scopes) + "]" : "-") + " " +
         (granted.expires_in ? std::to_string(granted.expires_in->count()) : "-");
}

std::string json(const std::string& body) { return shown(answer_of(200, body)); }

}  // namespace

TEST_CASE("oauth answer: what was granted, as the standard and as others say it") {
  CHECK(json(R"({"access_token": "a", "token_type": "Bearer", "expires_in": 3600,
      "refresh_token": "r", "scope": "x y"})") == "a r [x y] 3600");
  CHECK(json(R"({"access_token": "a", "token_type": "BEARER"})") == "a - - -");
  CHECK(json(R"({"access_token": "a"})") == "a - - -");
  CHECK(json(R"({"access_token": "a", "expires_in": "7200"})") == "a - - 7200");
  CHECK(json(R"({"access_token": "a", "expires_in": 3599.5})") == "a - - 3599");
  CHECK(json(R"({"access_token": "a", "expires_in": 1e300})") == "a - - 315360000");
  CHECK(json(R"({"access_token": "a", "scope": "x,y", "refresh_token": null})") == "a - [x y] -");
  CHECK(json(R"({"access_token": "a", "scope": ["x"]})") == "a - - -");
  for (const char* none : {"0", "-5", "\"soon\"", "null", "true", "\"\"", "\"1h\"", "[1]"}) {
    CAPTURE(none);
    CHECK(json(R"({"access_token": "a", "expires_in": )" + std::string(none) + "}") == "a - - -");
  }
  CHECK(shown(answer_of(201, R"({"access_token": "a"})", "")) == "a - - -");
  CHECK(shown(answer_of(200, "access_token=a%2Bb&scope=repo%2Cgist&token_type=bearer", kForm)) ==
        "a+b - [repo gist] -");
  CHECK(shown(answer_of(200, "access_token=a&expires_in=28800&refresh_token=r", kForm)) ==
        "a r - 28800");
}

TEST_CASE("oauth answer: what is none") {
  for (const char* body :
       {"", "null", "[]", "{", "<html>", "\"a\"", "access_token=a&token_type=bearer"}) {
    CAPTURE(body);
    CHECK(json(body) == "final: gave an answer that is neither JSON nor a form");
  }
  for (const char* body :
       {"{}", R"({"access_token": ""})", R"({"access_token": 5})", R"({"access_token": "a b"})",
        R"({"access_token": "a\r\nX: y"})", R"({"access_token": "\u00e9"})",
        R"({"access_token": "a", "refresh_token": "r\n"})", R"({"refresh_token": "r"})"}) {
    CAPTURE(body);
    CHECK(json(body) == "final: granted a token that is none");
  }
  CHECK(json(R"({"access_token": ")" + std::string(16385, 'a') + "\"}") ==
        "final: granted a token that is none");
  for (const char* type : {"\"mac\"", "\"DPoP\"", "\"\"", "5"}) {
    CAPTURE(type);
    CHECK(json(R"({"access_token": "a", "token_type": )" + std::string(type) + "}") ==
          "final: granted a token of a type that is not Bearer");
  }
  CHECK(json(std::string(300'000, ' ') + "{}").starts_with("final: gave an answer"));
  CHECK(shown(answer_of(200, "access_token=%zz", kForm)).starts_with("final: gave an answer"));
  CHECK(shown(answer_of(200, "access_token=a&scope=%ff", kForm)).starts_with("final: gave"));
  RequestAnswer empty = answer_of(200, "");
  empty.body = nullptr;
  CHECK(shown(empty).starts_with("final: gave an answer"));
}

TEST_CASE("oauth answer: refusals") {
  const auto error = [](int status, const std::string& code) {
    return shown(answer_of(status, R"({"error": ")" + code + R"(", "error_description": "hush"})"));
  };
  CHECK(error(400, "invalid_grant") == "invalid_grant: said invalid_grant");
  CHECK(error(200, "bad_refresh_token") == "invalid_grant: said bad_refresh_token");
  CHECK(error(200, "invalid_refresh_token") == "invalid_grant: said invalid_refresh_token");
  CHECK(error(401, "invalid_client") == "final: said invalid_client");
  CHECK(error(400, "temporarily_unavailable") == "later: said temporarily_unavailable");
  // What a provider writes freely is shown to nobody.
  CHECK(error(400, "the-secret-was-hush") == "final: said an error of its own");
  CHECK(shown(answer_of(200, "error=bad_verification_code&error_description=x", kForm)) ==
        "invalid_grant: said bad_verification_code");
  CHECK(shown(answer_of(404, "not found", "text/plain")) == "final: answered with status 404");
  CHECK(shown(answer_of(400, "{}")) == "final: answered with status 400");
  CHECK(shown(answer_of(302, "")) == "final: answered with status 302");
  CHECK(error(500, "invalid_grant") == "later: answered with status 500");
  CHECK(shown(answer_of(429, "")) == "later: answered with status 429");
  CHECK(shown(failure_of("connect_failed")) == "later: could not be asked: connect_failed");
  CHECK(shown(failure_of("egress_denied")) == "final: could not be asked: egress_denied");
  CHECK(shown(failure_of("redirect_refused")) == "final: could not be asked: redirect_refused");
}

TEST_CASE("oauth answer: Retry-After, in both of its forms") {
  const auto after = [](const std::string& value) {
    RequestAnswer answer = answer_of(503, "");
    answer.headers.push_back({"retry-after", value});
    return std::get<TokenRefusal>(read_token_answer(answer, kNow)).retry_after;
  };
  CHECK(after("30") == std::chrono::seconds(30));
  CHECK(after("Fri, 15 Jan 2027 08:01:00 GMT") == std::chrono::seconds(60));
  CHECK_FALSE(after("soon"));
}

}  // namespace sublet::proxy
