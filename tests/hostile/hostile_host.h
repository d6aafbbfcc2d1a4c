// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hostile/good_tenant.h"
#include "hostile/host_side.h"
#include "hostile/program.h"
#include "sublet/sublet.h"

namespace sublet::hostile {

// Hears what the host tells of isolates left behind and of its own faults.
class Witness : public Observer {
 public:
  void isolate_ended(std::string_view tenant, IsolateEnd end, Bytes bytes) override;
  void tenant_quarantined(std::string_view tenant, std::string_view reason) override;
  void internal_error(std::string_view where, std::string_view what) override;

  // How many isolates of this tenant were left behind.
  std::uint64_t abandoned(const std::string& tenant);
  // What was heard since the last call, in one line.
  std::string take_notes();

 private:
  void note(std::string text);

  std::mutex mutex_;
  std::map<std::string, std::uint64_t> abandoned_;
  std::string notes_;
};

// A host with a good tenant and one that probes whether workers answer; programs come and go.
//
// Ownership: owns the host and the good tenant's thread.
// Thread safety: attack() and what it calls is thread-safe; the rest is single-owner.
// Blocking: all of it does.
// Errors: throws std::runtime_error where the host cannot be set up; a program's outcome is data.
class HostileHost {
 public:
  explicit HostileHost(const HostSettings& settings);
  ~HostileHost();

  // Measures the good tenant alone.
  nlohmann::json measure_quiet();
  // Runs one program as a tenant of its own, with the good tenant beside it.
  nlohmann::json run(const Program& program);
  // Installs and invokes one program as a new tenant; part() takes it away again.
  nlohmann::json attack(const Program& program, int limit_ms);
  void part(nlohmann::json& report, std::chrono::milliseconds patience);
  // Random attacks among good load.
  nlohmann::json soak(const nlohmann::json& request);

  nlohmann::json figures() const;

 private:
  struct Run;

  void register_functions();
  void install_probe();
  void install_good_tenant();
  nlohmann::json run_once(const Program& program);
  void follow_the_machine();
  bool install(Run& run, const Program& program);
  void invoke(Run& run);
  // Until another tenant's invocation is answered.
  bool probe();
  bool is_disturbed(const GoodFigures& figures) const;

  HostSettings settings_;
  Witness witness_;
  std::unique_ptr<ExtensionHost> host_;
  std::unique_ptr<GoodTenant> good_;
  GoodFigures quiet_;
  double quiet_now_ms_ = 0;
  std::atomic<std::uint64_t> tenants_{0};
};

}  // namespace sublet::hostile
