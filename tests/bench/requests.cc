// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <functional>
#include <semaphore>
#include <thread>

#include "bench/host_side.h"
#include "bench/http_server.h"
#include "bench/inputs.h"
#include "bench/open_loop.h"
#include "bench/raw_curl.h"
#include "bench/works.h"
#include "sublet/adapters/curl_http_transport.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kOutstanding = 64;
constexpr std::uint64_t kRequestsEach = 10;  // of an invocation, one after the other

class OneName final : public NameResolver {
 public:
  void resolve(std::string, ResolveCallback done) noexcept override {
    done(std::vector<std::string>{"127.0.0.1"});
  }
};

std::shared_ptr<HttpTransport> transport_for(const HttpServer& server) {
  CurlHttpTransportOptions options;
  options.ca_file = server.authority_file();
  options.http2 = false;
  return checked(CurlHttpTransport::open(options));
}

// The transport alone: what it adds to libcurl by what it checks, its thread and its loop.
class TransportLoop {
 public:
  TransportLoop(const HttpServer& server, std::size_t concurrent)
      : server_(server), concurrent_(concurrent) {}

  void run(std::uint64_t count) {
    left_ = static_cast<std::int64_t>(count);
    active_ = concurrent_;
    for (std::size_t i = 0; i < concurrent_; ++i) next();
    done_.acquire();
    if (failed_) throw Failure("a request of the transport failed");
  }

 private:
  void next() {
    if (left_.fetch_sub(1) <= 0) {
      if (active_.fetch_sub(1) == 1) done_.release();
      return;
    }
    HttpRequest request;
    request.url =
        "https://" + std::string(kServerName) + ":" + std::to_string(server_.port()) + "/items";
    request.headers = {{"Authorization", "Bearer 0123456789abcdef"}, {"Accept", "*/*"}};
    request.addresses = {"127.0.0.1"};
    request.pool = "bench";
    transport_->send(std::move(request), [this](const HttpResponse& response) {
      if (response.status != 200 || response.body.empty()) failed_ = true;
      next();
    });
  }

  const HttpServer& server_;
  const std::size_t concurrent_;
  const std::shared_ptr<HttpTransport> transport_ = transport_for(server_);
  std::atomic<std::int64_t> left_{0};
  std::atomic<std::size_t> active_{0};
  std::atomic<bool> failed_{false};
  std::binary_semaphore done_{0};
};

std::unique_ptr<ExtensionHost> host_for(const HttpServer& server, std::uint32_t workers) {
  const auto opened = transport_for(server);
  return make_host(workers, [&](HostOptions& options) {
    const Rate ample{1'000'000'000, std::chrono::milliseconds(1), 1'000'000'000};
    TenantPolicy& policy = options.default_policy;
    policy.limits = Limits::for_events();
    policy.max_concurrency = 10'000;
    policy.requests.hosts = {"*"};
    policy.requests.opened_addresses = {"127.0.0.1:" + std::to_string(server.port())};
    policy.requests.rate = policy.requests.extension_rate = policy.requests.origin_rate = ample;
    policy.requests.max_under_way = policy.requests.max_under_way_per_origin = 1000;
    options.requests.max_under_way = options.requests.max_under_way_per_origin = 10'000;
    options.requests.transport = opened;
    options.requests.resolver = std::make_shared<OneName>();
  });
}

// An extension whose handler is `body`, with two templates and a secret.
Bundle requesting(const HttpServer& server, const std::string& body) {
  const std::string host = std::string(kServerName) + ":" + std::to_string(server.port());
  const std::string manifest =
      R"({"name":"bench","version":"1.0.0","handlers":{"onTicket":true},"realm":"frozen",)"
      R"("parameters":{"key":{"secret":true}},"requests":{)"
      R"("items":{"host":")" +
      host +
      R"(","path":"/items",)"
      R"("headers":{"Authorization":"Bearer <%= secret.key %>"}},)"
      R"("slow":{"host":")" +
      host + R"(","path":")" + std::string(kSlowPath) + R"("}}})";
  return checked(Bundle::from_memory(
      {{"extension.json", manifest},
       {"extension.js", "export async function onTicket({ data }, { request }) {" + body + "}"}}));
}

InstallOptions with_secret() {
  InstallOptions options;
  options.parameters = R"({"key":"0123456789abcdef"})";
  return options;
}

}  // namespace

std::vector<Row> measure_requests(const Settings& settings) {
  const HttpServer server;
  RawCurl raw(server.port(), server.authority_file(), kOutstanding);
  auto host = host_for(server, 1);
  checked(host->install(
      "acme",
      requesting(server, "for (let i = 0; i < " + std::to_string(kRequestsEach) +
                             "; i++) if (!(await request('items')).ok) throw new Error('no');"),
      with_secret()));
  ClosedLoop loop(*host, kOutstanding, "{}", [](std::size_t) { return std::string("acme"); });
  const auto count = settings.count(20'000);
  TransportLoop transport(server, kOutstanding);
  raw.run(count / 4);
  transport.run(count / 4);
  loop.run_count(count / 4 / kRequestsEach);

  struct Spent {
    double seconds, cpu;
  };
  const auto spent = [&](const std::function<void()>& run) {
    const std::uint64_t wall = wall_ns(), cpu = process_cpu_ns();
    run();
    return Spent{static_cast<double>(wall_ns() - wall) / 1e9,
                 static_cast<double>(process_cpu_ns() - cpu) / 1e3};
  };
  Rounds rates, cpus, transport_rates, transport_cpus;
  const auto requests = static_cast<double>(count);
  for (int round = 0; round < settings.rounds(); ++round) {
    const Spent bare = spent([&] { raw.run(count); });
    const Spent ours = spent([&] { loop.run_count(count / kRequestsEach); });
    const Spent alone = spent([&] { transport.run(count); });
    rates.add(requests / bare.seconds, requests / ours.seconds);
    cpus.add(bare.cpu / requests, ours.cpu / requests);
    transport_rates.add(requests / bare.seconds, requests / alone.seconds);
    transport_cpus.add(bare.cpu / requests, alone.cpu / requests);
  }
  Row throughput =
      rates.row("proxy_throughput", "requests a second, 64 at a time, against bare libcurl multi",
                "/s", 0.85);
  throughput.at_least = true;
  Row transport_rate = transport_rates.row(
      "transport_throughput", "the same of the transport alone, without JavaScript", "/s", 0.85);
  transport_rate.at_least = true;
  return {
      throughput, cpus.row("proxy_cpu", "CPU of a request, against the same", "us", 1.3),
      transport_rate,
      transport_cpus.row("transport_cpu", "CPU of a request by the transport alone", "us", 1.3)};
}

// There is no raw side: p99 of invocations that request nothing, with 64 that await an origin that
// takes 10 s, to that without.
std::vector<Row> measure_slow_origin(const Settings& settings) {
  constexpr std::size_t kTenants = 4;
  constexpr double kCallsPerSecond = 200;
  const HttpServer server;
  auto host = host_for(server, 2);
  for (std::size_t i = 0; i < kTenants; ++i) {
    checked(host->install(tenant_name(i),
                          extension_of(read_input("w1.js"), State::kTenant, Realm::kStandard)));
  }
  checked(host->install("slow", requesting(server, "return (await request('slow')).status;"),
                        with_secret()));
  OpenLoop open_loop(*host, kTenants, kCallsPerSecond, read_input("event.json"));
  const double seconds = settings.scaled(3);
  open_loop.run_ms(seconds);
  // Connections are made once: what is measured is waiting.
  ClosedLoop waiting(*host, kOutstanding, "{}", [](std::size_t) { return std::string("slow"); });
  waiting.run_count(kOutstanding);

  Rounds rounds;
  std::uint64_t slow_answers = 0;
  for (int round = 0; round < settings.rounds(); ++round) {
    const std::vector<double> quiet = open_loop.run_ms(seconds);
    std::thread slow([&] { waiting.run_count(kOutstanding); });
    const std::vector<double> beside = open_loop.run_ms(seconds);
    slow.join();
    slow_answers += kOutstanding;
    rounds.add(percentile(quiet, 0.99), percentile(beside, 0.99));
  }
  Row row = rounds.row("slow_origin_p99",
                       "p99 of invocations beside 64 that await a slow origin, against without",
                       "ms", 1.3);
  row.extra = {{"slow_answers", static_cast<double>(slow_answers)}};
  return {row};
}

}  // namespace sublet::bench
