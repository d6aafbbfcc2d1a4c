// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/request/parameters.h"
#include "sublet/result.h"

namespace sublet::proxy {

struct MergedParameters {
  policy::CheckedParameters checked;
  // What is to be stored: the values that were given, now or before, without defaults, in two
  // sections: {"plain":{"domain":"acme"},"secret":{"key":"..."}}.
  std::string json;
};

// `given` over `stored`, as a JSON merge patch of one level has it: what is absent stays, null
// removes. What is stored and no longer declared is dropped, and so is a secret that is no longer
// declared as one; what is given and not declared is a
// fault. kInternal: `stored` is no JSON object.
Result<MergedParameters> merge_parameters(std::span<const policy::ParameterDeclaration> declared,
                                          std::optional<std::string_view> stored,
                                          std::string_view given);

// The values that tenant code may see, as a JSON object: {"domain":"acme","limit":5}.
std::string shown_parameters(const policy::ParameterValues& values);
// The names of the secrets that have a value.
std::vector<std::string> secret_names(const policy::ParameterValues& values);

}  // namespace sublet::proxy
