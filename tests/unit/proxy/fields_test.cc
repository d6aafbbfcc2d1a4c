// SPDX-License-Identifier: Apache-2.0
#include "proxy/fields.h"

#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

TEST_CASE_FIXTURE(ProxyFixture, "headers that are the transport's are refused by name") {
  for (const char* name :
       {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "keep-alive", "TE", "Trailer",
        "Upgrade", "Expect", "HTTP2-Settings", "Proxy-Connection", "Proxy-Authorization",
        "Proxy-Authenticate", "Via", "Alt-Used", "Cookie2"}) {
    CAPTURE(name);
    auto planned = plan();
    planned.headers = {{name, "1"}};
    const auto answer = ask(planned);
    CHECK(code(answer) == codes::kArgument);
    CHECK(answer.error->message.find(name) != std::string::npos);
  }
  CHECK(transport->sent.empty());
}

TEST_CASE_FIXTURE(ProxyFixture, "no header can be injected") {
  for (const char* value : {"a\r\nX: 1", "a\nb", "a\rb", "a\x01", "\x7f"}) {
    auto planned = plan();
    planned.headers = {{"x-a", value}};
    CHECK(code_of(planned) == codes::kArgument);
  }
  for (const char* name : {"", "a b", "a:", "a\r\nb", "\xc3\xa4"}) {
    auto planned = plan();
    planned.headers = {{name, "1"}};
    CHECK(code_of(planned) == codes::kArgument);
  }
  auto zero = plan();
  zero.headers = {{"x-a", std::string("a\0b", 3)}};
  CHECK(code_of(zero) == codes::kArgument);
  CHECK(transport->sent.empty());
}

TEST_CASE_FIXTURE(ProxyFixture, "values may have tabs and what is not ASCII") {
  always(response(200));
  auto planned = plan();
  planned.headers = {{"x-a", "a\tb \xc3\xa4"}};
  CHECK(code_of(planned) == "");
  CHECK(header(last_sent(), "x-a") == "a\tb \xc3\xa4");
}

TEST_CASE_FIXTURE(ProxyFixture, "methods that no request has are refused") {
  for (const char* method : {"", "GE T", "CONNECT", "connect", "TRACE", "track", "A\r\n"}) {
    CAPTURE(method);
    CHECK(code_of(plan("https://api.example.com/", method)) == codes::kArgument);
  }
  auto head = plan("https://api.example.com/", "HEAD");
  head.body = std::make_shared<const std::string>("x");
  CHECK(code_of(head) == codes::kArgument);
  always(response(200));
  CHECK(code_of(plan("https://api.example.com/", "PROPFIND")) == "");
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "a plan's own user-agent and accept go out, its accept-encoding not") {
  always(response(200));
  auto planned = plan();
  planned.headers = {{"User-Agent", "me/1"}, {"ACCEPT", "text/x"}, {"Accept-Encoding", "zstd"}};
  ask(planned);
  CHECK(header(last_sent(), "user-agent") == "me/1");
  CHECK(header(last_sent(), "accept") == "text/x");
  CHECK(last_sent().headers.size() == 2);
}

}  // namespace
}  // namespace sublet::test
