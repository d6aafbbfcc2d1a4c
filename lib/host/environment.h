// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/v8_build.h"
#include "sandbox/confinement_check.h"
#include "sublet/environment.h"

// The two halves of check_environment(): what is the case, and what to think of it.
namespace sublet::host {

// What the helper executable said of itself and the system.
struct HelperFacts {
  std::filesystem::path path;  // empty: there is none
  std::string failure;         // why it gave no answer
  std::optional<sandbox::ConfinementCheck> check;
};

struct EnvironmentFacts {
  // The build and the options.
  engine::V8Build v8;
  std::string library_version;
  std::string engine_version;
  bool jitless = false;
  std::chrono::sys_days today;
  HelperFacts helper;

  // The process.
  bool root = false;
  bool elevated = false;  // setuid or with file capabilities
  bool preloaded = false;
  bool forked = false;  // after V8 had started
  bool no_new_privileges = false;
  bool filtered = false;              // under a seccomp filter of somebody else's
  std::uint64_t handled_signals = 0;  // bit n - 1: signal n
  std::uint64_t ignored_signals = 0;
  // Nullopt: no limit.
  std::optional<std::uint64_t> address_space;
  std::uint64_t address_space_used = 0;
  std::optional<std::uint64_t> data;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> descriptors;
  std::optional<std::uint64_t> stack;

  // The machine.
  std::optional<std::uint64_t> memory;  // of machine and control groups
  std::string cgroup;                   // own group of version 2; empty: none
  std::string cgroup_refusal;           // why none can be made in it; empty: they can
  std::string overcommit;               // the kernel's files, without line ends
  std::string huge_pages;
  std::string trace_scope;
};

EnvironmentFacts find_facts(const HostOptions& options);
std::vector<EnvironmentCheck> judge(const EnvironmentFacts& facts);

}  // namespace sublet::host
