// SPDX-License-Identifier: Apache-2.0
#include "bench/measure.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace sublet::bench {
namespace {

std::uint64_t read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

std::uint64_t wall_ns() { return read_clock(CLOCK_MONOTONIC); }
std::uint64_t thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
std::uint64_t process_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

double resident_bytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  while (file >> word) {
    double kibibytes = 0;
    if (word == "Rss:" && file >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

void sleep_ms(double milliseconds) {
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(milliseconds));
}

double percentile(std::vector<double> values, double quantile) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(quantile * static_cast<double>(values.size()));
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::min(rank, values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

bool Row::met() const {
  if (!error.empty()) return false;
  return at_least ? value >= target : value <= target;
}

void Rounds::add(double raw, double sublet) {
  raw_.push_back(raw);
  sublet_.push_back(sublet);
  ratios_.push_back(raw > 0 ? sublet / raw : 0);
}

Row Rounds::row(std::string work, std::string question, std::string unit, double target) const {
  Row row;
  row.work = std::move(work);
  row.question = std::move(question);
  row.unit = std::move(unit);
  row.raw = median(raw_);
  row.sublet = median(sublet_);
  row.value = median(ratios_);
  row.low = percentile(ratios_, 0);
  row.high = percentile(ratios_, 1);
  row.target = target;
  return row;
}

}  // namespace sublet::bench
