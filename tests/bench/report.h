// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/measure.h"
#include "bench/works.h"

namespace sublet::bench {

// Prints one line a row, and the extra figures below it.
void print_table(const std::vector<Row>& rows);

// {"W1": {"ratio": 1.1, ...}, ...}. False where the file cannot be written.
bool write_json(const std::vector<Row>& rows, const std::string& file);

// Rows and findings as text, between a process and the one that started it. Decoding a failure
// throws it.
std::string encode(const std::vector<Row>& rows);
std::string encode(const Findings& findings);
std::string encode_failure(const std::string& message);
std::vector<Row> decode_rows(const std::string& text);
Findings decode_findings(const std::string& text);

}  // namespace sublet::bench
