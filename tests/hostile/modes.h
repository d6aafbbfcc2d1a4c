// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "hostile/host_side.h"

namespace sublet::hostile {

class CommandLineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct CommandLine {
  HostSettings host;
  std::vector<std::string> paths;
  bool compact = false;
  bool all = false;
  bool strict = false;
  bool serve = false;
  int patience_ms = 60'000;
  int disturbed_at_most = 0;
  std::optional<int> abandoned_at_most;
  std::optional<int> regain_at_most_ms;
  std::optional<int> growth_at_most_mb;
  int soak_seconds = 0;
  int attackers = 2;
  int seed = 1;
};

// Each answers the exit status.
int run_one(const CommandLine& line);
int run_all(const CommandLine& line);
int run_soak(const CommandLine& line);

}  // namespace sublet::hostile
