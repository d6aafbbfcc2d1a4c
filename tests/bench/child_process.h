// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sublet::bench {

// The descriptor that a child writes its report to.
inline constexpr int kReportDescriptor = 3;

// Runs this program again with the given arguments and answers what it wrote to
// kReportDescriptor. Its standard output and error are the parent's.
std::string run_self(const std::vector<std::string>& arguments);

void write_report(const std::string& text);

}  // namespace sublet::bench
