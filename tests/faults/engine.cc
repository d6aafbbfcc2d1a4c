// SPDX-License-Identifier: Apache-2.0
#include "faults/engine.h"

#include <signal.h>

#include <map>
#include <stdexcept>

namespace sublet::faults {

std::uint64_t Engine::writers(std::uint64_t) const { return 1; }

void Engine::strike(const std::vector<pid_t>& writers, std::uint64_t) {
  for (const pid_t writer : writers) ::kill(writer, SIGKILL);
}

std::unique_ptr<Engine> make_engine(const std::string& name, const std::string& place) {
  using Make = std::unique_ptr<Engine> (*)(const std::string&);
  static const std::map<std::string, Make> engines = {
      {"sqlite", make_sqlite_engine},
      {"postgres", make_postgres_engine},
  };
  const auto engine = engines.find(name);
  if (engine == engines.end()) throw std::runtime_error("no engine is called '" + name + "'");
  return engine->second(place);
}

}  // namespace sublet::faults
