// SPDX-License-Identifier: Apache-2.0
#include "hostile/good_tenant.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace sublet::hostile {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// What a small handler does: reads its data, asks the host, sorts, sums and formats.
constexpr std::string_view kHandler = R"js(
export async function price({ data }, { host }) {
  const lines = [...data.lines].sort((a, b) => a.id - b.id);
  const known = await host.double(data.number);
  const total = lines.reduce((sum, line) => sum + line.count * line.price, 0);
  return { order: `order-${data.number}`, known, total, first: lines[0].id };
}
)js";
constexpr std::string_view kManifest =
    R"({"name": "good", "version": "1.0.0", "handlers": {"price": true}})";

TenantPolicy policy(Isolation isolation) {
  TenantPolicy policy;
  // A call that is late is late, not wrong: the latencies tell it.
  policy.limits.cpu_time = 5s;
  policy.limits.wall_time = 10s;
  policy.host_functions = {"double"};
  policy.isolation = isolation;
  return policy;
}

constexpr std::uint64_t kLines = 8;

std::string payload_of(std::uint64_t number) {
  std::string lines;
  for (std::uint64_t i = 0; i < kLines; ++i) {
    if (i > 0) lines += ",";
    lines += "{\"id\":" + std::to_string((number + i * 5) % kLines) +
             ",\"count\":" + std::to_string(i + 1) +
             ",\"price\":" + std::to_string(number % 97 + i) + "}";
  }
  return "{\"number\":" + std::to_string(number) + ",\"lines\":[" + lines + "]}";
}

std::string answer_to(std::uint64_t number) {
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < kLines; ++i) total += (i + 1) * (number % 97 + i);
  return "{\"order\":\"order-" + std::to_string(number) +
         "\",\"known\":" + std::to_string(2 * number) + ",\"total\":" + std::to_string(total) +
         ",\"first\":0}";
}

double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

template <typename T>
void require(const Result<T>& result) {
  if (!result) throw std::runtime_error("good tenant: " + result.error().message);
}

}  // namespace

GoodTenant::GoodTenant(ExtensionHost& host, std::string tenant, Isolation isolation)
    : host_(host), tenant_(std::move(tenant)) {
  const auto bundle = Bundle::from_memory(
      {{"extension.json", std::string(kManifest)}, {"extension.js", std::string(kHandler)}});
  require(bundle);
  require(host_.set_policy(tenant_, policy(isolation)));
  require(host_.install(tenant_, *bundle));
  thread_ = std::thread([this] { run(); });
}

GoodTenant::~GoodTenant() {
  stop_ = true;
  thread_.join();
}

void GoodTenant::run() {
  for (std::uint64_t number = 1; !stop_; ++number) {
    const Clock::time_point start = Clock::now();
    std::string wrong = call(number);
    const std::chrono::duration<double, std::milli> took = Clock::now() - start;
    {
      std::lock_guard lock(mutex_);
      latencies_.push_back(took.count());
      if (!wrong.empty() && wrong_++ == 0) first_wrong_ = std::move(wrong);
    }
    std::this_thread::sleep_for(1ms);
  }
}

std::string GoodTenant::call(std::uint64_t number) {
  const auto result =
      host_.invoke({.tenant = tenant_, .event = "price", .payload = payload_of(number)});
  if (!result) return result.error().message;
  if (!result->ok()) {
    return std::string(to_string(result->outcome)) + ": " +
           (result->error ? result->error->message : "");
  }
  return result->json == answer_to(number) ? "" : "answered " + result->json;
}

void GoodTenant::begin() {
  std::lock_guard lock(mutex_);
  latencies_.clear();
  wrong_ = 0;
  first_wrong_.clear();
}

void GoodTenant::wait_for_calls(std::uint64_t calls, std::chrono::milliseconds at_most) {
  const Clock::time_point end = Clock::now() + at_most;
  while (Clock::now() < end) {
    {
      std::lock_guard lock(mutex_);
      if (latencies_.size() >= calls) return;
    }
    std::this_thread::sleep_for(1ms);
  }
}

GoodFigures GoodTenant::seen() const {
  std::vector<double> latencies;
  GoodFigures figures;
  {
    std::lock_guard lock(mutex_);
    latencies = latencies_;
    figures.wrong = wrong_;
    figures.first_wrong = first_wrong_;
  }
  std::sort(latencies.begin(), latencies.end());
  figures.calls = latencies.size();
  figures.p50_ms = percentile(latencies, 0.50);
  figures.p99_ms = percentile(latencies, 0.99);
  figures.max_ms = latencies.empty() ? 0 : latencies.back();
  return figures;
}

}  // namespace sublet::hostile
