// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "sublet/adapters/event_queue.h"

namespace sublet::faults {

// What the processes said before they were struck down.
class Reports {
 public:
  // Takes whole lines, and answers how many bytes.
  std::size_t take(const std::string& text);

  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  // By event: how often its handler began.
  const std::map<std::string, std::uint64_t>& begun() const { return begun_; }
  std::uint64_t order_violations() const { return order_violations_; }

 private:
  void began(const std::string& line);

  std::set<std::string> acknowledged_;
  std::map<std::string, std::uint64_t> begun_;
  // By tenant, key and process that published: the largest number that began.
  std::map<std::string, std::uint64_t> furthest_;
  std::uint64_t order_violations_ = 0;
};

struct Verdict {
  std::uint64_t acknowledged = 0;
  std::uint64_t done = 0;
  std::uint64_t dead_lettered = 0;
  std::uint64_t lost = 0;                   // acknowledged, and no record of how it ended
  std::uint64_t duplicate_settlements = 0;  // more than one record, or not where it belongs
  std::uint64_t order_violations = 0;
  std::uint64_t never_begun = 0;  // done, and its handler never began

  bool good() const {
    return lost == 0 && duplicate_settlements == 0 && order_violations == 0 && never_begun == 0;
  }
};

// Counts every event, one by one. Nothing works on the queue any more.
Verdict judge(EventQueue& queue, const Reports& reports);

}  // namespace sublet::faults
