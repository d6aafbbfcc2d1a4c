// SPDX-License-Identifier: Apache-2.0

// kv_faults: a process writes, something bad happens, and everything that was acknowledged must be
// there, and nothing in parts.
//
//   kv_faults --engine sqlite|postgres [--rounds N] [--seed S] [--json FILE]
//
// Nor may anything be there of which the store said that it was not done. Ends with 0 where all was
// right, with 1 where something was not, with 2 where it could not be tried. `--plant lost`, `torn`
// or `ghost` does harm on purpose, in every round, to see that it is found.

#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/engine.h"
#include "faults/judge.h"
#include "faults/storm.h"
#include "faults/writer_process.h"

namespace sublet::faults {
namespace {

using std::chrono::microseconds;

struct Arguments {
  std::string engine = "sqlite";
  std::string json;
  std::string plant;
  std::string tenant;  // set in the process that writes
  std::string place;
  Writer writer;
  std::uint64_t rounds = 20;
  std::uint64_t seed = 1;
};

struct Totals {
  std::uint64_t rounds = 0, acknowledged = 0, not_done = 0, lost = 0, torn = 0, ghosts = 0;
};

Arguments parse(int argc, char** argv) {
  Arguments parsed;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--engine") {
      parsed.engine = value;
    } else if (name == "--rounds") {
      parsed.rounds = std::stoull(value);
    } else if (name == "--seed") {
      parsed.seed = std::stoull(value);
    } else if (name == "--json") {
      parsed.json = value;
    } else if (name == "--plant" && (value == "lost" || value == "torn" || value == "ghost")) {
      parsed.plant = value;
    } else if (name == "--tenant") {
      parsed.tenant = value;
    } else if (name == "--writer") {
      parsed.writer.number = std::stoull(value);
    } else if (name == "--writers") {
      parsed.writer.count = std::stoull(value);
    } else if (name == "--place") {
      parsed.place = value;
    } else {
      throw std::runtime_error(
          "usage: kv_faults --engine sqlite|postgres [--rounds N] [--seed S] [--json FILE]");
    }
  }
  return parsed;
}

std::string to_json(const Arguments& arguments, const Totals& totals) {
  return "{\"engine\":\"" + arguments.engine + "\",\"rounds\":" + std::to_string(totals.rounds) +
         ",\"acknowledged\":" + std::to_string(totals.acknowledged) +
         ",\"not_done\":" + std::to_string(totals.not_done) +
         ",\"lost\":" + std::to_string(totals.lost) + ",\"torn\":" + std::to_string(totals.torn) +
         ",\"ghosts\":" + std::to_string(totals.ghosts) + "}\n";
}

std::string tenant_of(std::uint64_t round) { return "round-" + std::to_string(round); }

class Rounds {
 public:
  Rounds(const Arguments& arguments, Engine& engine)
      : arguments_(arguments), engine_(engine), random_(arguments.seed) {}

  Totals run() {
    for (std::uint64_t round = 0; round < arguments_.rounds; ++round) run_one(round);
    return totals_;
  }

 private:
  using Writers = std::vector<std::unique_ptr<WriterProcess>>;

  void run_one(std::uint64_t round) {
    const Writers writers = start_writers(round);
    wait_for_the_moment(*writers.front());
    std::vector<pid_t> ids;
    for (const auto& writer : writers) ids.push_back(writer->id());
    engine_.strike(ids, round);
    Told told;
    for (const auto& writer : writers) {
      if (!writer->wait()) throw std::runtime_error("a process that writes ended by itself");
      told.acknowledged.insert(writer->stamps().begin(), writer->stamps().end());
      told.not_done.insert(writer->not_done().begin(), writer->not_done().end());
    }
    totals_.acknowledged += told.acknowledged.size();
    totals_.not_done += told.not_done.size();
    ++totals_.rounds;
    judge_both(round, std::move(told));
  }

  Writers start_writers(std::uint64_t round) {
    Writers writers;
    const std::uint64_t count = engine_.writers(round);
    for (std::uint64_t number = 0; number < count; ++number) {
      std::vector<std::string> arguments = {
          "--engine",  arguments_.engine,     "--tenant", tenant_of(round),
          "--writers", std::to_string(count), "--writer", std::to_string(number)};
      const std::vector<std::string> own = engine_.arguments();
      arguments.insert(arguments.end(), own.begin(), own.end());
      writers.push_back(std::make_unique<WriterProcess>(arguments));
    }
    return writers;
  }

  // Some moments are while the store is being opened, after the end before; most are in the storm.
  void wait_for_the_moment(WriterProcess& writer) {
    if (random_() % 8 == 0) return writer.listen(microseconds(random_() % 40'000), false);
    writer.listen(std::chrono::seconds(30), true);
    writer.listen(microseconds(random_() % 200'000), false);
  }

  // What the round before left must have outlived this one too.
  void judge_both(std::uint64_t round, Told told) {
    const std::shared_ptr<KeyValueStore> store = engine_.open();
    const std::string tenant = tenant_of(round);
    if (arguments_.plant == "lost") plant_loss(*store, tenant, told.acknowledged);
    if (arguments_.plant == "torn") plant_tear(*store, tenant);
    if (arguments_.plant == "ghost") plant_ghost(told);
    count(judge(*store, tenant, told));
    if (round > 0) {
      if (arguments_.plant.empty()) count(judge(*store, tenant_of(round - 1), before_));
      clear(*store, tenant_of(round - 1));
    }
    before_ = std::move(told);
  }

  void count(const Verdict& verdict) {
    totals_.lost += verdict.lost;
    totals_.torn += verdict.torn;
    totals_.ghosts += verdict.ghosts;
    if (!verdict.what.empty()) std::fprintf(stderr, "%s\n", verdict.what.c_str());
  }

  const Arguments& arguments_;
  Engine& engine_;
  std::mt19937_64 random_;
  Told before_;
  Totals totals_;
};

int run(const Arguments& arguments) {
  const std::unique_ptr<Engine> engine = make_engine(arguments.engine, arguments.place);
  if (!arguments.tenant.empty()) {
    write_storm(*engine->open(), arguments.tenant, arguments.writer, kReportTo);
    return 0;
  }
  engine->prepare();
  const Totals totals = Rounds(arguments, *engine).run();
  const std::string json = to_json(arguments, totals);
  std::fputs(json.c_str(), stdout);
  if (!arguments.json.empty() && !(std::ofstream(arguments.json) << json << std::flush)) {
    throw std::runtime_error("cannot write " + arguments.json);
  }
  if (totals.acknowledged == 0) throw std::runtime_error("nothing was ever acknowledged");
  return totals.lost == 0 && totals.torn == 0 && totals.ghosts == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sublet::faults

int main(int argc, char** argv) {
  try {
    return sublet::faults::run(sublet::faults::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kv_faults: %s\n", error.what());
    return 2;
  }
}
