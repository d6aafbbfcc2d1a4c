// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/hostcall/request/requests_fixture.h"
#include "unit/hostcall/session_fixture.h"

namespace sublet::hostcall {
namespace {

// Answers when it is told to.
class HeldTransport final : public HttpTransport {
 public:
  struct Held {
    Id id = 0;
    HttpRequest request;
    HttpCallback done;
  };

  Id send(HttpRequest request, HttpCallback done) noexcept override {
    held.push_back({++last_, std::move(request), std::move(done)});
    return last_;
  }
  void cancel(Id id) noexcept override {
    const auto found =
        std::find_if(held.begin(), held.end(), [&](const Held& each) { return each.id == id; });
    if (found == held.end()) return;
    HttpCallback done = std::move(found->done);
    held.erase(found);
    ++canceled;
    HttpResponse response;
    response.failure = HttpFailure::kCanceled;
    done(std::move(response));
  }
  void answer(int status, std::string body) {
    Held first = std::move(held.front());
    held.erase(held.begin());
    HttpResponse response;
    response.status = status;
    response.version = "1.1";
    response.body = std::move(body);
    response.bytes_sent = 100;
    response.bytes_received = 200;
    first.done(std::move(response));
  }

  std::vector<Held> held;
  int canceled = 0;

 private:
  Id last_ = 0;
};

class OneAddress final : public NameResolver {
 public:
  void resolve(std::string, ResolveCallback done) noexcept override {
    done(std::vector<std::string>{"93.184.216.34"});
  }
};

class RequestSession : public SessionFixture {
 public:
  explicit RequestSession(std::string_view templates) : requests(extension_requests(templates)) {
    proxy::ProxySetup setup;
    setup.transport = [this] { return transport; };
    setup.resolver = [] { return std::make_shared<OneAddress>(); };
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [] { return policy::WallTime{}; };
    requests->proxy = proxy::RequestProxy::create(std::move(setup));
  }
  ~RequestSession() { requests->proxy->stop(); }

  void begin() {
    auto access = std::make_shared<proxy::RequestAccess>(*requests->access);
    access->limits = limits;
    access->policy = policy;
    requests->access = access;
    SessionSetup made = setup();
    made.requests = requests;
    session.emplace(std::move(made));
  }
  engine::HostCallStart request(std::string_view arguments) {
    return session->start_call("request", std::string(arguments));
  }

  std::shared_ptr<HeldTransport> transport = std::make_shared<HeldTransport>();
  std::shared_ptr<ExtensionRequests> requests;
  RequestPolicy policy;
  std::optional<HostCallSession> session;
};

constexpr std::string_view kGet = R"({"get":{"host":"api.example.com","path":"/x"}})";

TEST_CASE("session: a request goes out, and its answer comes as a completion") {
  RequestSession side(kGet);
  side.begin();
  const auto start = side.request(R"(["get"])");
  CHECK(start.kind == Kind::kPending);
  REQUIRE(side.transport->held.size() == 1);
  CHECK(side.transport->held[0].request.url == "https://api.example.com/x");
  side.transport->answer(404, "none");
  REQUIRE(side.sink->completions.size() == 1);
  CHECK(side.sink->completions[0].ok);
  CHECK(side.sink->completions[0].id == start.id);
  CHECK(side.sink->completions[0].text.find(R"("text":"none")") != std::string::npos);

  const auto records = side.session->take_requests();
  REQUIRE(records.size() == 1);
  CHECK(records[0].name == "get");
  CHECK(records[0].status == 404);
  CHECK(records[0].error.empty());
  Usage usage;
  side.session->add_to(usage);
  CHECK(usage.requests == 1);
  CHECK(usage.requests_received.count == 200);
}

TEST_CASE("session: what is wrong rejects at once, and counts as no request") {
  RequestSession side(kGet);
  side.begin();
  const auto refused = [&](std::string_view name, std::string_view arguments) {
    const auto start = side.session->start_call(name, std::string(arguments));
    CHECK(start.kind == Kind::kRefused);
    return start.code + ": " + start.text;
  };
  CHECK(refused("request", R"(["put"])") ==
        R"(request_argument: request: the manifest has no template "put")");
  CHECK(refused("request", "[]") == "request_argument: request: an argument is missing");
  CHECK(refused("fetch", "[7]") == "request_argument: fetch: the options must be an object");
  CHECK(side.session->take_requests().empty());
  Usage usage;
  side.session->add_to(usage);
  CHECK(usage.requests == 0);
  CHECK(usage.host_calls == 3);
}

TEST_CASE("session: an extension that asks for nothing gets nothing") {
  SessionFixture side;
  const auto start = side.session().start_call("fetch", R"([{"url":"https://a.example/"}])");
  CHECK(start.kind == Kind::kRefused);
  CHECK(start.code == "egress_denied");
  CHECK(side.session().start_call("parameters", "[]").text == "{}");
}

TEST_CASE("session: parameters are those that are no secrets") {
  RequestSession side(kGet);
  side.begin();
  const auto start = side.session->start_call("parameters", "[]");
  CHECK(start.kind == Kind::kAnswered);
  CHECK(start.text == R"({"domain":"acme.example.com"})");
}

TEST_CASE("session: one request too many is refused and decides the outcome") {
  RequestSession side(kGet);
  side.limits.requests = 1;
  side.begin();
  CHECK(side.session->remaining().requests == 1);
  CHECK(side.request(R"(["get"])").kind == Kind::kPending);
  CHECK_FALSE(side.session->refused_for().has_value());
  const auto second = side.request(R"(["get"])");
  CHECK(second.kind == Kind::kRefused);
  CHECK(second.code == "too_many_requests");
  CHECK(side.session->refused_for() == Outcome::kExceededHostCalls);
  CHECK(side.session->remaining().requests == 0);
}

TEST_CASE("session: in dry run one too many goes out and is reported") {
  RequestSession side(kGet);
  side.limits.requests = 0;
  side.limits.dry_run = static_cast<LimitSet>(Limit::kRequests);
  side.begin();
  CHECK(side.request(R"(["get"])").kind == Kind::kPending);
  CHECK_FALSE(side.session->refused_for().has_value());
  Usage usage;
  side.session->add_to(usage);
  CHECK(contains(usage.limits_exceeded, Limit::kRequests));
}

TEST_CASE("session: a rate that is used up throttles the invocation") {
  RequestSession side(kGet);
  side.policy.origin_rate = {1, std::chrono::minutes(1), 1};
  side.begin();
  CHECK(side.request(R"(["get"])").kind == Kind::kPending);
  const auto second = side.request(R"(["get"])");
  CHECK(second.kind == Kind::kRefused);
  CHECK(second.code == "rate_limited");
  CHECK(side.session->refused_for() == Outcome::kThrottled);
}

TEST_CASE("session: what is under way at the end is canceled and recorded so") {
  RequestSession side(kGet);
  side.begin();
  CHECK(side.request(R"(["get"])").kind == Kind::kPending);
  side.session->close();
  CHECK(side.transport->canceled == 1);
  CHECK(side.sink->completions.empty());
  const auto records = side.session->take_requests();
  REQUIRE(records.size() == 1);
  CHECK(records[0].error == "canceled");
  CHECK(side.request(R"(["get"])").kind == Kind::kRefused);
  CHECK(side.transport->held.empty());
}

}  // namespace
}  // namespace sublet::hostcall
