// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sublet::bench {

std::uint64_t wall_ns();
std::uint64_t thread_cpu_ns();
std::uint64_t process_cpu_ns();

// Resident memory of this process, from /proc/self/smaps_rollup.
double resident_bytes();

void sleep_ms(double milliseconds);

// Of a copy; 0 where there is nothing.
double percentile(std::vector<double> values, double quantile);
double median(std::vector<double> values);

// How long and how often.
struct Settings {
  bool quick = false;

  int rounds() const { return quick ? 3 : 7; }
  // A count or a time, cut for a quick run.
  double scaled(double full) const { return quick ? full / 5 : full; }
  std::size_t count(std::size_t full) const { return quick ? (full + 4) / 5 : full; }
};

// One line of the report.
struct Row {
  std::string work;           // "W1"
  std::string key = "ratio";  // or "p99_ms": what `value` is
  std::string question;       // what the row answers, in a few words
  std::string unit;           // of `raw` and `sublet`
  double raw = 0;             // 0: there is no raw side
  double sublet = 0;
  double value = 0;
  double low = 0, high = 0;  // the smallest and largest round
  double target = 0;         // at most (or at least) this
  bool at_least = false;
  std::vector<std::pair<std::string, double>> extra;
  std::string error;  // set where the work could not be done

  bool met() const;
};

// Pairs taken in turn: the ratio is taken inside a round, then the median over rounds.
class Rounds {
 public:
  void add(double raw, double sublet);
  // `value` is the median of sublet/raw.
  Row row(std::string work, std::string question, std::string unit, double target) const;

 private:
  std::vector<double> raw_, sublet_, ratios_;
};

}  // namespace sublet::bench
