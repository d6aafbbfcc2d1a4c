// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sublet/adapters/key_value_store.h"

namespace sublet::faults {

// A store that is put to the test: how to reach it, and what goes wrong. One object lives in the
// process that judges, and one in each process that writes.
class Engine {
 public:
  virtual ~Engine() = default;

  // In the process that judges, once: makes an empty store. Throws std::exception.
  virtual void prepare() = 0;
  // In either process: opens what is there. Throws std::exception.
  virtual std::shared_ptr<KeyValueStore> open() = 0;
  // Arguments that make the same engine in a process that writes.
  virtual std::vector<std::string> arguments() const = 0;
  // How many processes write at once. `round` counts from 0.
  virtual std::uint64_t writers(std::uint64_t round) const;
  // The fault, in the middle of a storm of writes by `writers`, which are gone afterwards.
  virtual void strike(const std::vector<pid_t>& writers, std::uint64_t round);
};

// `place`: where prepare() put the store, as arguments() said; empty in the process that judges.
// Throws std::exception where there is no such engine.
std::unique_ptr<Engine> make_engine(const std::string& name, const std::string& place);

std::unique_ptr<Engine> make_sqlite_engine(const std::string& place);
std::unique_ptr<Engine> make_postgres_engine(const std::string& place);

}  // namespace sublet::faults
