// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/statement.h"

namespace sublet::adapters::postgres {

std::string with_schema(std::string_view text, const std::string& schema) {
  std::string filled;
  for (const char c : text) {
    c == '@' ? filled.append("\"").append(schema).append("\"") : filled.append(1, c);
  }
  return filled;
}

}  // namespace sublet::adapters::postgres
