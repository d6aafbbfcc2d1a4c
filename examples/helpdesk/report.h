// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "extension_points.h"

namespace helpdesk {

void print_header();
void print_row(const Call& call);
void print_summary(const std::vector<Call>& calls, const ExtensionPoints& points);

// Compares the run with a file of expectations; one text for each that does not hold.
std::vector<std::string> find_surprises(const std::filesystem::path& expected,
                                        const std::vector<Call>& calls, const TicketStore& store,
                                        const ExtensionPoints& points);

}  // namespace helpdesk
