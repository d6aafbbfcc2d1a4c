// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/oauth/flat_json.h"

// application/x-www-form-urlencoded.
namespace sublet::proxy {

// Wiped by whoever fills it with secrets.
using FormFields = std::vector<std::pair<std::string, std::string>>;

bool has_form_field(const FormFields& fields, std::string_view name) noexcept;
std::string write_form(const FormFields& fields);
std::string form_encoded(std::string_view text);
// All members are texts; nullopt where an escape is none or a name or value no UTF-8.
std::optional<FlatObject> read_form(std::string_view text);

}  // namespace sublet::proxy
