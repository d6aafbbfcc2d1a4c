// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <nlohmann/json.hpp>

#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_key_value.h"
#include "bench/works.h"
#include "sublet/adapters/memory_key_value_store.h"
#include "sublet/key_value_data.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kOutstanding = 64;
constexpr char kTenant[] = "acme";
constexpr int kGets = 50;  // of an invocation that measures one get

// What the tenant has stored before.
const std::map<std::string, std::string>& seed() {
  static const std::map<std::string, std::string> all = {
      {"config",
       R"({"defaultQuota":500,"routes":{"billing":"team_fin","tech":"team_eng","default":"team_all"},)"
       R"("locale":"en","features":{"autoReply":true,"sla":true}})"},
      {"count:email", "41"},
      {"customer:991", R"({"id":991,"tickets":12,"tier":"gold","since":"2021-04-02"})"},
      {"last:991", R"({"ticket":17,"channel":"email","at":1700000000})"},
      {"quota:acme", "500"}};
  return all;
}

TenantPolicy ample_policy() {
  TenantPolicy policy;
  policy.limits.wall_time = std::chrono::seconds(20);
  policy.kv.rate = {1'000'000'000, std::chrono::milliseconds(1), 1'000'000'000};
  return policy;
}

std::shared_ptr<KeyValueStore> seeded_store(const std::string& space) {
  auto store = std::make_shared<MemoryKeyValueStore>();
  KeyValueData data(store);
  for (const auto& [key, value] : seed()) {
    (void)checked(data.put(kTenant, {space, key}, {KeyValueType::kJson, value}));
  }
  return store;
}

std::unique_ptr<ExtensionHost> host_over(std::shared_ptr<KeyValueStore> store) {
  return make_host(1, [&](HostOptions& options) {
    options.default_policy = ample_policy();
    options.key_value_store = std::move(store);
  });
}

// The raw handler's text, with `kv` from where Sublet has it.
Bundle storage_extension() {
  std::string text = read_input("w7.js");
  const std::string_view declared = "\nasync function handler(event) {";
  const std::size_t at = text.find(declared);
  if (at == std::string::npos) throw Failure("w7.js has no handler");
  text.replace(at, declared.size(), "\nexport async function onTicket({ data: event }, { kv }) {");
  return module_bundle(text);
}

double sublet_cpu_ns(ClosedLoop& loop, std::uint64_t count) {
  const std::uint64_t before = process_cpu_ns();
  loop.run_count(count);
  return static_cast<double>(process_cpu_ns() - before) / static_cast<double>(count);
}

double raw_cpu_ns(RawKeyValueTenant& tenant, const std::string& json, std::uint64_t count) {
  std::string out;
  const std::uint64_t before = thread_cpu_ns();
  tenant.run(json, count, out);
  return static_cast<double>(thread_cpu_ns() - before) / static_cast<double>(count);
}

// One get of the store itself, as the capability asks for it.
double store_get_ns(KeyValueStore& store, std::uint64_t count) {
  std::size_t bytes = 0;
  const std::uint64_t before = thread_cpu_ns();
  for (std::uint64_t i = 0; i < count; ++i) {
    KeyValueGet request;
    request.tenant = kTenant;
    request.keys.push_back({own_space("bench"), "customer:991"});
    store.get(std::move(request), [&](auto found) { bytes += (*found)[0]->value.data.size(); });
  }
  const std::uint64_t spent = thread_cpu_ns() - before;
  if (bytes == 0) throw Failure("the store has nothing");
  return static_cast<double>(spent) / static_cast<double>(count);
}

Row measure_get(const Settings& settings) {
  auto store = seeded_store(own_space("bench"));
  auto host = host_over(store);
  checked(host->install(
      kTenant, module_bundle("export async function onTicket({ data }, { kv }) { for (let i = 0; "
                             "i < data; i++) await kv.get('customer:991'); return data; }")));
  const auto loop_of = [&](int gets) {
    return ClosedLoop(*host, kOutstanding, std::to_string(gets),
                      [](std::size_t) { return std::string(kTenant); });
  };
  ClosedLoop none = loop_of(0), some = loop_of(kGets);
  const std::uint64_t count = settings.count(5'000);
  none.run_count(20'000);
  some.run_count(5'000);
  Rounds rounds;
  std::vector<double> over;
  for (int round = 0; round < settings.rounds(); ++round) {
    const double bare = store_get_ns(*store, 50'000) / 1e3;
    const double get = (sublet_cpu_ns(some, count) - sublet_cpu_ns(none, count)) / kGets / 1e3;
    rounds.add(bare, get);
    over.push_back(get - bare);
  }
  Row row = rounds.row("kv_get_overhead_us",
                       "CPU of one kv.get of a small value, above the store's own", "us", 25);
  row.key = "us";
  row.value = median(over);
  row.low = percentile(over, 0);
  row.high = percentile(over, 1);
  return row;
}

}  // namespace

std::vector<Row> measure_storage(const Settings& settings) {
  const std::string json = read_input("event.json");
  auto host = host_over(seeded_store(own_space("bench")));
  checked(host->install(kTenant, storage_extension()));
  RawKeyValueTenant raw(read_input("w7.js"), seed());
  std::string answer;
  raw.run(json, 1, answer);
  if (invoke_ok(*host, kTenant, json).json != answer) throw Failure("Sublet's answer differs");
  ClosedLoop loop(*host, kOutstanding, json, [](std::size_t) { return std::string(kTenant); });
  const std::uint64_t warmup = 30'000, count = settings.count(40'000);
  raw_cpu_ns(raw, json, warmup);
  loop.run_count(warmup);
  Rounds rounds;
  for (int round = 0; round < settings.rounds(); ++round) {
    const double bare = raw_cpu_ns(raw, json, count) / 1e3;
    rounds.add(bare, sublet_cpu_ns(loop, count) / 1e3);
  }
  return {rounds.row("W7",
                     "CPU of an invocation with 5 gets and 2 sets in memory, against V8 with "
                     "deferred promises over a map",
                     "us", 1.3),
          measure_get(settings)};
}

}  // namespace sublet::bench
