// SPDX-License-Identifier: Apache-2.0
#include "sandbox/confinement_check.h"

#include <algorithm>

namespace sublet::sandbox {

std::string encode(const ConfinementCheck& check) {
  std::string failure = check.failure;
  std::replace(failure.begin(), failure.end(), '\n', ' ');
  return "version=" + check.version + "\nengine=" + check.engine +
         "\nzygote=" + check.zygote.names() + "\nchild=" + check.child.names() +
         "\nfailure=" + failure + "\n";
}

ConfinementCheck parse_confinement_check(std::string_view lines) {
  ConfinementCheck check;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(std::min(equals + 1, line.size()));
    if (key == "version") check.version = value;
    if (key == "engine") check.engine = value;
    if (key == "zygote") check.zygote = Walls::parse(value);
    if (key == "child") check.child = Walls::parse(value);
    if (key == "failure") check.failure = value;
  }
  return check;
}

}  // namespace sublet::sandbox
