// SPDX-License-Identifier: Apache-2.0

// event_faults: processes publish and deliver, are struck down at random moments, and in the end
// every acknowledged event has ended exactly once.
//
//   event_faults --engine sqlite|postgres [--kills N] [--seed S] [--json FILE]
//
// `--still no`: with PostgreSQL, no process is made to stand still for longer than its leases. One
// that stood still in the middle of a handler goes on in it, beside the process that took over;
// what it does then, for a moment, is out of order, and nobody can take it back. It is counted.
//
// Ends with 0 where all was right, with 1 where something was not, with 2 where it could not be
// tried. `--plant lost` or `twice` does harm on purpose, to see that it is found.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <future>
#include <memory>
#include <random>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "faults/events/judge.h"
#include "faults/events/place.h"
#include "faults/events/report_file.h"
#include "faults/events/worker.h"
#include "faults/events/worker_process.h"

namespace sublet::faults {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

struct Arguments {
  std::string engine = "sqlite";
  std::string json;
  std::string plant;
  std::string place;  // set in a process that works
  Work work;
  bool still = true;
  std::uint64_t strikes = 20;
  std::uint64_t seed = 1;
};

Arguments parse(int argc, char** argv) {
  Arguments parsed;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--engine") {
      parsed.engine = value;
    } else if (name == "--kills") {
      parsed.strikes = std::stoull(value);
    } else if (name == "--seed") {
      parsed.seed = std::stoull(value);
    } else if (name == "--json") {
      parsed.json = value;
    } else if (name == "--plant" && (value == "lost" || value == "twice")) {
      parsed.plant = value;
    } else if (name == "--still") {
      parsed.still = value != "no";
    } else if (name == "--place") {
      parsed.place = value;
    } else if (name == "--process") {
      parsed.work.process = std::stoull(value);
    } else if (name == "--publishes") {
      parsed.work.publishes = value == "yes";
    } else {
      throw std::runtime_error(
          "usage: event_faults --engine sqlite|postgres [--kills N] [--seed S] [--json FILE]");
    }
  }
  return parsed;
}

class Storm {
 public:
  Storm(const Arguments& arguments, Place& place)
      : arguments_(arguments), place_(place), random_(arguments.seed) {}

  void run() {
    while (processes_.size() < place_.processes()) start(true);
    for (std::uint64_t round = 0; round < arguments_.strikes; ++round) strike(round);
    while (!processes_.empty()) end(processes_.front()->id());
    start(false);
    if (!processes_.front()->wait()) throw std::runtime_error("the last one found no end");
  }

  const Reports& reports() { return reports_.read(); }

 private:
  void start(bool publishes) {
    processes_.push_back(std::make_unique<WorkerProcess>(
        std::vector<std::string>{"--engine", arguments_.engine, "--place", place_.name(),
                                 "--process", std::to_string(++started_), "--publishes",
                                 publishes ? "yes" : "no"},
        reports_.path()));
  }

  // Some moments are while a process starts, after the end before; most are in the storm.
  void strike(std::uint64_t round) {
    const std::size_t before = reports_.read().acknowledged().size();
    if (random_() % 8 != 0) {
      for (int look = 0; look < 3'000; ++look) {
        if (reports_.read().acknowledged().size() > before + 20) break;
        std::this_thread::sleep_for(milliseconds(10));
      }
    }
    std::this_thread::sleep_for(microseconds(random_() % 150'000));
    std::vector<pid_t> ids;
    for (const auto& process : processes_) ids.push_back(process->id());
    for (const pid_t gone : place_.strike(ids, round)) {
      end(gone);
      start(true);
    }
  }

  void end(pid_t id) {
    const auto found = std::find_if(processes_.begin(), processes_.end(),
                                    [&](const auto& process) { return process->id() == id; });
    if (!(*found)->end()) throw std::runtime_error("a process ended by itself");
    processes_.erase(found);
  }

  const Arguments& arguments_;
  Place& place_;
  std::mt19937_64 random_;
  ReportFile reports_;
  std::uint64_t started_ = 0;
  std::vector<std::unique_ptr<WorkerProcess>> processes_;
};

// Takes away what says how some events ended, or says it once more.
void plant(const Arguments& arguments, EventQueue& queue) {
  if (arguments.plant == "lost") {
    std::promise<void> forgotten;
    queue.forget_completions(EventTime::max(), 3,
                             [&](const Result<std::uint64_t>&) { forgotten.set_value(); });
    forgotten.get_future().wait();
  } else if (arguments.plant == "twice") {
    std::promise<void> replayed;
    queue.replay({}, 1, [&](const Result<std::uint64_t>&) { replayed.set_value(); });
    replayed.get_future().wait();
  }
}

std::string to_json(const Arguments& arguments, const Verdict& verdict) {
  const auto member = [](const char* name, std::uint64_t value) {
    return ",\"" + std::string(name) + "\":" + std::to_string(value);
  };
  return "{\"engine\":\"" + arguments.engine + "\"" + member("strikes", arguments.strikes) +
         member("acknowledged", verdict.acknowledged) + member("done", verdict.done) +
         member("dead_lettered", verdict.dead_lettered) + member("lost", verdict.lost) +
         member("duplicate_settlements", verdict.duplicate_settlements) +
         member("order_violations", verdict.order_violations) +
         member("never_begun", verdict.never_begun) + "}\n";
}

int run(const Arguments& arguments) {
  const std::unique_ptr<Place> place =
      make_place(arguments.engine, arguments.place, arguments.still);
  if (!arguments.place.empty()) {
    work(place->open(), arguments.work);
    return 0;
  }
  (void)place->open();  // makes the schema, so that the first ones need not agree who does
  Storm storm(arguments, *place);
  storm.run();
  const auto queue = place->open();
  plant(arguments, *queue);
  const Verdict verdict = judge(*queue, storm.reports());
  const std::string json = to_json(arguments, verdict);
  std::fputs(json.c_str(), stdout);
  if (!arguments.json.empty() && !(std::ofstream(arguments.json) << json << std::flush)) {
    throw std::runtime_error("cannot write " + arguments.json);
  }
  if (verdict.acknowledged == 0) throw std::runtime_error("nothing was ever acknowledged");
  return verdict.good() ? 0 : 1;
}

}  // namespace
}  // namespace sublet::faults

int main(int argc, char** argv) {
  try {
    return sublet::faults::run(sublet::faults::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "event_faults: %s\n", error.what());
    return 2;
  }
}
