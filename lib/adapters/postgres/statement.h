// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sublet::adapters::postgres {

// What a session prepares once and runs often.
struct Statement {
  const char* name;       // it is prepared under
  std::string_view text;  // "@" stands for the schema
};

// A text over this schema.
std::string with_schema(std::string_view text, const std::string& schema);

}  // namespace sublet::adapters::postgres
