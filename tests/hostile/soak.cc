// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "hostile/hostile_host.h"

namespace sublet::hostile {
namespace {

using Clock = std::chrono::steady_clock;

// What all attackers together did.
struct Toll {
  std::mutex mutex;
  std::uint64_t programs = 0;
  std::uint64_t given_up = 0;
  double longest_ms = 0;
  double regain_max_ms = 0;
  std::map<std::string, std::uint64_t> outcomes;

  void add(const nlohmann::json& report) {
    std::lock_guard lock(mutex);
    ++programs;
    given_up += report["given_up"].get<std::uint64_t>();
    longest_ms = std::max(longest_ms, report["longest_ms"].get<double>());
    regain_max_ms = std::max(regain_max_ms, report["regain_ms"].get<double>());
    for (const auto& outcome : report["outcomes"]) ++outcomes[outcome.get<std::string>()];
  }
};

}  // namespace

nlohmann::json HostileHost::soak(const nlohmann::json& request) {
  std::vector<Program> programs;
  for (const auto& path : request.at("programs")) {
    programs.push_back(read_program(path.get<std::string>()));
  }
  const auto end = Clock::now() + std::chrono::seconds(request.at("seconds").get<int>());
  Toll toll;
  good_->begin();
  std::vector<std::thread> attackers;
  for (int i = 0; i < request.at("attackers").get<int>(); ++i) {
    attackers.emplace_back([&, seed = request.at("seed").get<int>() + i] {
      std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
      std::uniform_int_distribution<std::size_t> any(0, programs.size() - 1);
      // Limits at random ends programs at random points.
      std::uniform_int_distribution<int> limit(1, settings_.limit_ms);
      while (Clock::now() < end) {
        nlohmann::json report = attack(programs[any(random)], limit(random));
        part(report, std::chrono::milliseconds(0));
        toll.add(report);
      }
    });
  }
  for (std::thread& attacker : attackers) attacker.join();
  const GoodFigures good = good_->seen();
  // Threads that were given up may come back yet.
  const auto patience = Clock::now() + std::chrono::seconds(10);
  while (host_->stats().isolates_held > 0 && Clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return {{"programs_run", toll.programs},
          {"outcomes", toll.outcomes},
          {"given_up", toll.given_up},
          {"abandoned", host_->stats().isolates_held},
          {"longest_ms", toll.longest_ms},
          {"regain_max_ms", toll.regain_max_ms},
          {"good_calls", good.calls},
          {"good_wrong", good.wrong},
          {"first_wrong", good.first_wrong},
          {"good_p50_quiet_ms", quiet_.p50_ms},
          {"good_p99_quiet_ms", quiet_.p99_ms},
          {"good_p50_ms", good.p50_ms},
          {"good_p99_ms", good.p99_ms},
          {"good_max_ms", good.max_ms},
          {"good_tenant_ok", !is_disturbed(good)},
          {"host", figures()}};
}

}  // namespace sublet::hostile
