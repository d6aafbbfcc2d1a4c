// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

TEST_CASE_FIXTURE(ProxyFixture, "a request goes out as planned, with the defaults") {
  always(response(200, "hello", {{"Content-Type", "text/plain"}, {"Content-Length", "5"}}));
  access.limits.response_body = Bytes::kibibytes(1);
  auto planned = plan("https://API.example.com:443/a?b=c#d", "POST");
  planned.headers = {{"X-One", "1"}};
  planned.body = std::make_shared<const std::string>("in");
  const auto answer = ask(planned);
  CHECK(code(answer) == "");
  CHECK(answer.status == 200);
  CHECK(*answer.body == "hello");
  CHECK(answer.url == "https://api.example.com/a?b=c");
  CHECK_FALSE(answer.redirected);
  CHECK(header(answer, "content-type") == "text/plain");
  CHECK(header(answer, "content-length") == "(none)");
  REQUIRE(transport->sent.size() == 1);
  const HttpRequest& sent = last_sent();
  CHECK(sent.method == "POST");
  CHECK(sent.url == "https://api.example.com/a?b=c");
  CHECK(header(sent, "x-one") == "1");
  CHECK(header(sent, "user-agent").starts_with("Sublet/"));
  CHECK(header(sent, "accept") == "*/*");
  CHECK(*sent.body == "in");
  CHECK(sent.addresses == std::vector<std::string>{"93.184.216.34"});
  CHECK(sent.max_body == Bytes::kibibytes(1));
  CHECK(sent.connect_timeout == access.limits.connect_time);
  CHECK(sent.first_byte_timeout == access.limits.first_byte_time);
  CHECK(sent.total_timeout == access.limits.request_time);
  CHECK(resolver->asked == std::vector<std::string>{"api.example.com"});
}

TEST_CASE_FIXTURE(ProxyFixture, "the record says what was done") {
  HttpResponse came = response(201, "hello");
  came.timing = {std::chrono::microseconds(10), std::chrono::microseconds(30),
                 std::chrono::microseconds(70), std::chrono::microseconds(100)};
  const Slot slot = start(plan());
  timers.advance(5ms);
  transport->answer(came);
  REQUIRE(slot->size() == 1);
  const RequestRecord& record = slot->front().record;
  CHECK(record.name == "test");
  CHECK(record.method == "GET");
  CHECK(record.origin == "https://api.example.com");
  CHECK(record.status == 201);
  CHECK(record.error == "");
  CHECK(record.cache == "");
  CHECK(record.breaker == BreakerState::kClosed);
  CHECK(record.attempts == 1);
  CHECK(record.redirects == 0);
  CHECK(record.sent == Bytes{100});
  CHECK(record.received == Bytes{205});
  CHECK(record.body == Bytes{5});
  CHECK(record.connect == std::chrono::microseconds(10));
  CHECK(record.secure == std::chrono::microseconds(20));
  CHECK(record.first_byte == std::chrono::microseconds(40));
  CHECK(record.receive == std::chrono::microseconds(30));
  CHECK(record.total == 5ms);
  CHECK(record.waited == 0ms);
  CHECK(record.span_id == "");
}

TEST_CASE_FIXTURE(ProxyFixture, "time spent on names is waited for") {
  resolver->holds = true;
  const Slot slot = start(plan());
  timers.advance(7ms);
  always(response(200));
  resolver->answer(std::vector<std::string>{"93.184.216.34"});
  REQUIRE(slot->size() == 1);
  CHECK(slot->front().record.waited == 7ms);
  CHECK(timers.waiting() == 0);
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "what a connection's other end says of the connection is left out") {
  always(response(200, "x",
                  {{"Connection", "X-Own, close"},
                   {"X-Own", "1"},
                   {"Keep-Alive", "1"},
                   {"Transfer-Encoding", "chunked"},
                   {"Content-Encoding", "gzip"},
                   {"ETag", "\"a\""},
                   {"Set-Cookie", "a=1"},
                   {"Set-Cookie", "b=2"}}));
  const auto answer = ask();
  REQUIRE(answer.headers.size() == 3);
  CHECK(header(answer, "etag") == "\"a\"");
  CHECK(answer.headers[1].value == "a=1");
  CHECK(answer.headers[2].value == "b=2");
}

TEST_CASE_FIXTURE(ProxyFixture, "no secret comes back, in headers, names of headers, URL or body") {
  auto planned = plan("https://api.example.com/v1?key=Sup3rS3cret");
  planned.headers = {{"x-key", "Sup3rS3cret"}};
  planned.secrets = {"Sup3rS3cret"};
  always(response(200, "you said Sup3rS3cret and U3VwM3JTM2NyZXQ=",
                  {{"X-Echo", "Sup3rS3cret"}, {"X-Sup3rS3cret", "1"}, {"x-plain", "1"}}));
  const auto answer = ask(planned);
  CHECK(answer.body->find("Sup3rS3cret") == std::string::npos);
  CHECK(answer.body->find("U3VwM3JTM2NyZXQ") == std::string::npos);
  CHECK(header(answer, "x-echo") == "[secret]");
  CHECK(answer.url == "https://api.example.com/v1?key=[secret]");
  REQUIRE(answer.headers.size() == 2);
  CHECK(header(answer, "x-plain") == "1");
  CHECK(header(last_sent(), "x-key") == "Sup3rS3cret");
}

TEST_CASE_FIXTURE(ProxyFixture, "no secret comes back in what services put around it") {
  auto planned = plan();
  planned.secrets = {"a/b+c=\"secret\""};
  const std::string in_json = R"({"k":"a\/b+c=\"secret\""})";  // as PHP writes it
  const std::string in_url = "k=a%2Fb%2Bc%3D%22secret%22";
  for (const std::string& text :
       {in_json, in_url, base::encode_base64(in_json), base::encode_base64(in_url),
        base::encode_base64(base::encode_base64(planned.secrets[0]))}) {
    CAPTURE(text);
    auto with = response(200, "x " + text + " y");
    with.headers = {{"X-A", "1"}, {"X-Echo", text}, {"X-B", "2"}};
    always(with);
    const auto answer = ask(planned);
    CHECK(answer.body->find("[secret]") != std::string::npos);
    CHECK(header(answer, "x-echo").find("[secret]") != std::string::npos);
    CHECK(header(answer, "x-a") == "1");
    CHECK(header(answer, "x-b") == "2");
  }
}

TEST_CASE_FIXTURE(ProxyFixture, "an answer with more headers than anybody reads is refused") {
  auto with = response(200, "");
  for (int i = 0; i < 257; ++i) with.headers.push_back({"a", ""});
  always(with);
  CHECK(code(ask()) == codes::kHeadersTooLarge);
}

TEST_CASE_FIXTURE(ProxyFixture, "no secret comes back in an error") {
  auto planned = plan("https://sup3rs3cret.example.net/");
  planned.secrets = {"sup3rs3cret"};
  const auto answer = ask(planned);
  CHECK(code(answer) == "egress_denied");
  CHECK(answer.error->message.find("sup3rs3cret") == std::string::npos);
  CHECK(answer.record.origin == "");
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "each failure of a transport has its code, and nothing of its text") {
  struct Case {
    HttpFailure failure;
    std::string_view code;
    bool told;
  };
  const std::vector<Case> cases = {
      {HttpFailure::kConnect, codes::kConnect, false},
      {HttpFailure::kAddressRefused, "private_address", false},
      {HttpFailure::kTls, codes::kTls, false},
      {HttpFailure::kTimeoutConnect, codes::kTimeoutConnect, false},
      {HttpFailure::kTimeoutFirstByte, codes::kTimeoutFirstByte, false},
      {HttpFailure::kTimeoutTotal, codes::kTimeoutTotal, false},
      {HttpFailure::kBroken, codes::kBroken, false},
      {HttpFailure::kProtocol, codes::kProtocol, false},
      {HttpFailure::kHeadersTooLarge, codes::kHeadersTooLarge, false},
      {HttpFailure::kBodyTooLarge, codes::kResponseTooLarge, false},
      {HttpFailure::kUnavailable, codes::kUnavailable, true},
      {HttpFailure::kInvalidRequest, codes::kArgument, false},
      {HttpFailure::kCanceled, codes::kCanceled, false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.code);
    faults.clear();
    always(failed(one.failure, "10.0.0.1: errno 111"));
    const auto answer = ask();
    CHECK(code(answer) == one.code);
    CHECK(answer.error->message.find("10.0.0.1") == std::string::npos);
    CHECK(faults.empty() == !one.told);
    CHECK(answer.status == 0);
    CHECK(contains(answer.limits_reached, Limit::kResponseBody) ==
          (one.failure == HttpFailure::kBodyTooLarge));
  }
}

TEST_CASE_FIXTURE(ProxyFixture, "an answer without a status, and one beyond the limit, are none") {
  always(response(0));
  CHECK(code(ask()) == codes::kProtocol);
  access.limits.response_body = Bytes{4};
  always(response(200, "12345"));
  CHECK(code(ask()) == codes::kResponseTooLarge);
}

TEST_CASE_FIXTURE(ProxyFixture, "in dry run a response beyond the limit comes and is noted") {
  access.limits.response_body = Bytes{4};
  access.limits.dry_run = static_cast<LimitSet>(Limit::kResponseBody);
  always(response(200, "12345"));
  const auto answer = ask();
  CHECK(code(answer) == "");
  CHECK(contains(answer.limits_reached, Limit::kResponseBody));
  CHECK(last_sent().max_body == Bytes::mebibytes(64));
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "without a transport or a resolver there is an error, and one report") {
  std::string report = "transport: there is none";
  int asked = 0;
  SUBCASE("none") {
    setup.transport = [&] { return ++asked < 2 ? nullptr : transport; };
    setup.resolver = [this] { return resolver; };
  }
  SUBCASE("one that throws") {
    setup.transport = [&]() -> std::shared_ptr<HttpTransport> {
      if (++asked < 2) throw std::runtime_error("no thread");
      return transport;
    };
    report = "transport: no thread";
  }
  CHECK(code(ask()) == codes::kUnavailable);
  CHECK(code(ask()) == codes::kUnavailable);
  CHECK(faults == std::vector<std::string>{report});
  // It is asked for again, but not at once.
  CHECK(asked == 1);
  clock.advance(std::chrono::seconds(1));
  always(response(200));
  CHECK(code(ask()) == "");
  CHECK(proxy().figures().under_way == 0);
}

TEST_CASE_FIXTURE(ProxyFixture, "without a resolver there is an error") {
  setup.resolver = nullptr;
  CHECK(code(ask()) == codes::kNameUnavailable);
  CHECK(faults == std::vector<std::string>{"resolver: there is none"});
}

TEST_CASE_FIXTURE(ProxyFixture, "a plan that throws, and a callback that throws, do no harm") {
  auto bad = call(plan());
  bad.plan = [](std::optional<std::string_view>) -> proxy::Planned { throw std::bad_alloc(); };
  CHECK(code_of(bad) == codes::kInternal);
  always(response(200));
  auto access_now = std::make_shared<const proxy::RequestAccess>(access);
  proxy().start(access_now, call(plan()),
                [](const proxy::RequestAnswer&) { throw std::runtime_error("no"); });
  CHECK(proxy().figures().requests == 0);
}

TEST_CASE_FIXTURE(ProxyFixture, "a plan that cannot be made is the answer") {
  auto bad = call(plan());
  bad.plan = [](std::optional<std::string_view>) -> proxy::Planned {
    return proxy::RequestError{"missing_context", "there is no x"};
  };
  const auto answer = ask(bad);
  CHECK(code(answer) == "missing_context");
  CHECK(answer.error->message == "there is no x");
  CHECK(transport->sent.empty());
}

}  // namespace
}  // namespace sublet::test
