// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

struct TokenFixture : ProxyFixture {
  TokenFixture() { access.tokens = tokens; }

  proxy::RequestCall token_call() {
    proxy::RequestCall made;
    made.name = "test";
    made.oauth = "crm";
    made.user = "u1";
    made.plan = [](std::optional<std::string_view> token) -> proxy::Planned {
      REQUIRE(token);
      auto planned = plan();
      planned.headers = {{"authorization", "Bearer " + std::string(*token)}};
      return planned;
    };
    return made;
  }
  void grant(std::string value) { tokens->next.push_back(proxy::AccessToken{std::move(value)}); }
  void refuse(std::string_view code) {
    tokens->next.push_back(proxy::RequestError{std::string(code), "no old-token"});
  }
};

TEST_CASE_FIXTURE(TokenFixture, "the plan gets the token, and the answer does not show it") {
  grant("old-token");
  always(response(200, "Bearer old-token"));
  const auto answer = ask(token_call());
  CHECK(header(last_sent(), "authorization") == "Bearer old-token");
  CHECK(*answer.body == "Bearer [secret]");
  CHECK(tokens->asked == std::vector<std::string>{"get crm/u1"});
}

TEST_CASE_FIXTURE(TokenFixture, "after a 401 there is one other token and one other attempt") {
  grant("old-token");
  grant("new-token");
  transport->program = [](const HttpRequest& request) {
    const bool is_new = header(request, "authorization") == "Bearer new-token";
    return is_new ? response(200, "new-token not old-token") : response(401);
  };
  const auto answer = ask(token_call());
  CHECK(answer.status == 200);
  CHECK(*answer.body == "[secret] not [secret]");
  CHECK(answer.record.attempts == 2);
  CHECK(tokens->asked == std::vector<std::string>{"get crm/u1", "renew crm/u1 old-token"});
  CHECK(proxy().figures().under_way == 0);
}

TEST_CASE_FIXTURE(TokenFixture, "a second 401 is the answer") {
  grant("old-token");
  grant("new-token");
  always(response(401, "no"));
  const auto answer = ask(token_call());
  CHECK(answer.status == 401);
  CHECK(transport->sent.size() == 2);
  CHECK(tokens->asked.size() == 2);
}

TEST_CASE_FIXTURE(TokenFixture, "no token, or no other, is an error") {
  refuse(codes::kNotAuthorized);
  CHECK(code_of(token_call()) == codes::kNotAuthorized);
  CHECK(transport->sent.empty());
  grant("old-token");
  refuse(codes::kTokenFailed);
  always(response(401));
  const auto answer = ask(token_call());
  CHECK(code(answer) == codes::kTokenFailed);
  CHECK(answer.error->message == "no [secret]");
  access.tokens = nullptr;
  CHECK(code_of(token_call()) == codes::kNotAuthorized);
}

TEST_CASE_FIXTURE(TokenFixture, "a 401 of another origin renews nothing") {
  grant("old-token");
  transport->program = [this](const HttpRequest&) {
    if (transport->sent.size() > 1) return response(401);
    return response(302, "", {{"Location", "https://other.example.com/"}});
  };
  const auto answer = ask(token_call());
  CHECK(answer.status == 401);
  CHECK(tokens->asked.size() == 1);
}

TEST_CASE_FIXTURE(TokenFixture, "a 401 without a provider is an answer like another") {
  always(response(401));
  CHECK(ask().status == 401);
  CHECK(tokens->asked.empty());
}

TEST_CASE_FIXTURE(TokenFixture, "waiting for a token has an end, by time or by cancel") {
  tokens->holds = true;
  for (const bool renewal : {false, true}) {
    CAPTURE(renewal);
    for (const bool by_time : {false, true}) {
      const Slot slot = start(token_call());
      if (renewal) {
        always(response(401));
        tokens->answer(proxy::AccessToken{"old-token"});
      }
      REQUIRE(tokens->waiting.size() == 1);
      if (by_time) {
        timers.advance(15s);
      } else {
        proxy().cancel(last_id);
      }
      REQUIRE(slot->size() == 1);
      CHECK(code(slot->front()) == (by_time ? codes::kTimeoutTotal : codes::kCanceled));
      tokens->answer(proxy::AccessToken{"late"});
      CHECK(slot->size() == 1);
      CHECK(timers.waiting() == 0);
      CHECK(proxy().figures().requests == 0);
    }
  }
}

}  // namespace
}  // namespace sublet::test
