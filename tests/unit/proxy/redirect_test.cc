// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

HttpResponse redirect(int status, std::string location) {
  return response(status, "", {{"Location", std::move(location)}});
}

struct RedirectFixture : ProxyFixture {
  // The first is answered so, what follows with 200.
  void first(HttpResponse with) {
    transport->program = [this, with](const HttpRequest&) {
      return transport->sent.size() == 1 ? with : response(200, "there");
    };
  }
  proxy::RequestPlan secret_plan(std::string method = "POST") {
    auto planned = plan("https://api.example.com/a", std::move(method));
    planned.headers = {{"Authorization", "Bearer t0k3n"},
                       {"Cookie", "a=1"},
                       {"X-Key", "k3y-k3y"},
                       {"X-Plain", "1"},
                       {"Content-Type", "text/plain"}};
    planned.secret_fields = {"x-key"};
    planned.secrets = {"k3y-k3y", "t0k3n"};
    planned.body = std::make_shared<const std::string>("body");
    return planned;
  }
};

TEST_CASE_FIXTURE(RedirectFixture, "a redirect is followed, its place told") {
  first(redirect(302, "../b?c#d"));
  const auto answer = ask(plan("https://api.example.com/x/a"));
  CHECK(code(answer) == "");
  CHECK(answer.redirected);
  CHECK(answer.url == "https://api.example.com/b?c");
  CHECK(*answer.body == "there");
  CHECK(answer.record.redirects == 1);
  CHECK(answer.record.attempts == 1);
  CHECK(answer.record.origin == "https://api.example.com");
  CHECK(answer.record.sent == Bytes{200});
}

TEST_CASE_FIXTURE(RedirectFixture, "method and body become what the status says") {
  struct Case {
    int status;
    const char* method;
    const char* becomes;
  };
  for (const Case& one : std::vector<Case>{{301, "POST", "GET"},
                                           {302, "POST", "GET"},
                                           {303, "POST", "GET"},
                                           {303, "PUT", "GET"},
                                           {303, "HEAD", "HEAD"},
                                           {301, "PUT", "PUT"},
                                           {302, "DELETE", "DELETE"},
                                           {307, "POST", "POST"},
                                           {308, "POST", "POST"}}) {
    CAPTURE(one.status);
    CAPTURE(one.method);
    transport->sent.clear();
    first(redirect(one.status, "/b"));
    auto planned = secret_plan(one.method);
    if (std::string(one.method) == "HEAD") planned.body = nullptr;
    const bool has_body = planned.body != nullptr;
    CHECK(code_of(planned) == "");
    CHECK(last_sent().method == one.becomes);
    const bool kept = std::string(one.method) == one.becomes;
    CHECK((last_sent().body != nullptr) == (kept && has_body));
    CHECK(header(last_sent(), "content-type") == (kept ? "text/plain" : "(none)"));
    CHECK(header(last_sent(), "x-key") == "k3y-k3y");
    CHECK(header(last_sent(), "authorization") == "Bearer t0k3n");
  }
}

TEST_CASE_FIXTURE(RedirectFixture,
                  "what is secret does not go to another origin, nor come back from it") {
  const char* location = nullptr;
  SUBCASE("another host") { location = "https://other.example.com/b"; }
  SUBCASE("another scheme") {
    access.egress.plain_http = true;
    location = "http://api.example.com/b";
  }
  SUBCASE("another port") {
    access.egress.allowed.push_back(pattern("api.example.com:8443"));
    location = "https://api.example.com:8443/b";
  }
  first(redirect(302, location));
  CHECK(code_of(secret_plan()) == "");
  CHECK(header(last_sent(), "authorization") == "(none)");
  CHECK(header(last_sent(), "cookie") == "(none)");
  CHECK(header(last_sent(), "x-key") == "(none)");
  CHECK(header(last_sent(), "x-plain") == "1");
}

TEST_CASE_FIXTURE(RedirectFixture, "back at the first origin the secrets stay away") {
  transport->program = [this](const HttpRequest&) {
    if (transport->sent.size() == 1) return redirect(302, "https://other.example.com/b");
    if (transport->sent.size() == 2) return redirect(302, "https://api.example.com/c");
    return response(200);
  };
  CHECK(code_of(secret_plan()) == "");
  CHECK(last_sent().url == "https://api.example.com/c");
  CHECK(header(last_sent(), "authorization") == "(none)");
  CHECK(header(last_sent(), "x-key") == "(none)");
}

TEST_CASE_FIXTURE(RedirectFixture, "a body with a secret goes to no other origin") {
  auto planned = secret_plan();
  planned.secret_in_body = true;
  first(redirect(307, "https://other.example.com/b"));
  CHECK(code_of(planned) == codes::kRedirect);
  CHECK(transport->sent.size() == 1);
  transport->sent.clear();
  first(redirect(303, "https://other.example.com/b"));  // the body is left out
  CHECK(code_of(planned) == "");
  transport->sent.clear();
  first(redirect(307, "/b"));  // the same origin
  CHECK(code_of(planned) == "");
}

TEST_CASE_FIXTURE(RedirectFixture, "a location that has the secret in it is no way out") {
  first(redirect(302, "https://other.example.com/b?key=k3y%2Dk3y"));
  const auto answer = ask(secret_plan());
  CHECK(code(answer) == codes::kRedirect);
  CHECK(answer.error->message.find("k3y") == std::string::npos);
  CHECK(transport->sent.size() == 1);
}

TEST_CASE_FIXTURE(RedirectFixture, "each hop is judged anew") {
  struct Case {
    const char* location;
    std::string_view code;
  };
  for (const Case& one : std::vector<Case>{{"https://evil.example.net/", "egress_denied"},
                                           {"https://127.0.0.1/", "private_address"},
                                           {"https://169.254.169.254/", "private_address"},
                                           {"http://api.example.com/", "scheme_denied"},
                                           {"https://u:p@api.example.com/", "credentials_in_url"},
                                           {"https://api.example.com:1/", "port_denied"},
                                           {"ftp://api.example.com/", "scheme_denied"}}) {
    CAPTURE(one.location);
    transport->sent.clear();
    first(redirect(302, one.location));
    CHECK(code_of(plan()) == one.code);
    CHECK(transport->sent.size() == 1);
  }
  transport->sent.clear();
  first(redirect(302, "https://other.example.com/"));
  resolver->addresses["other.example.com"] = {"192.168.0.1"};
  CHECK(code_of(plan()) == "private_address");
  CHECK(transport->sent.size() == 1);
  CHECK(proxy().figures().under_way == 0);
}

TEST_CASE_FIXTURE(RedirectFixture, "redirects have an end") {
  always(redirect(302, "/again"));
  access.policy.max_redirects = 3;
  const auto answer = ask();
  CHECK(code(answer) == "too_many_redirects");
  CHECK(transport->sent.size() == 4);
  CHECK(answer.record.redirects == 3);
  auto less = call(plan());
  less.options.max_redirects = 1;
  transport->sent.clear();
  CHECK(code_of(less) == "too_many_redirects");
  CHECK(transport->sent.size() == 2);
  less.options.max_redirects = 100;
  transport->sent.clear();
  CHECK(code_of(less) == "too_many_redirects");
  CHECK(transport->sent.size() == 4);
}

TEST_CASE_FIXTURE(RedirectFixture, "fetch's other two modes") {
  first(redirect(302, "/b"));
  auto manual = call(plan());
  manual.redirect = proxy::RedirectMode::kManual;
  const auto answer = ask(manual);
  CHECK(answer.status == 302);
  CHECK(header(answer, "location") == "/b");
  CHECK_FALSE(answer.redirected);
  transport->sent.clear();
  manual.redirect = proxy::RedirectMode::kError;
  CHECK(code_of(manual) == codes::kRedirect);
}

TEST_CASE_FIXTURE(RedirectFixture, "what says nothing clear of where to go is not followed") {
  first(response(302, "x"));
  CHECK(ask().status == 302);
  transport->sent.clear();
  first(response(304, "", {{"Location", "/b"}}));
  CHECK(ask().status == 304);
  transport->sent.clear();
  first(response(302, "", {{"Location", "/b"}, {"Location", "/c"}}));
  CHECK(code(ask()) == codes::kRedirect);
  CHECK(transport->sent.size() == 1);
}

TEST_CASE_FIXTURE(RedirectFixture, "redirects take their part of the rates, and of the time") {
  always(redirect(302, "/again"));
  access.policy.rate = {2, std::chrono::minutes(1), 2};
  CHECK(code(ask()) == codes::kRateLimited);
  CHECK(transport->sent.size() == 2);
  access.tenant = "beta";
  transport->sent.clear();
  transport->on_send = [this] { clock.advance(6s); };
  CHECK(code(ask()) == codes::kRateLimited);
  access.policy.rate = {300, std::chrono::minutes(1), 300};
  access.tenant = "gamma";
  transport->sent.clear();
  CHECK(code(ask()) == codes::kTimeoutTotal);
  CHECK(transport->sent.size() == 3);
  CHECK(last_sent().total_timeout == 3s);
}

}  // namespace
}  // namespace sublet::test
