// SPDX-License-Identifier: Apache-2.0
#include "faults/storm.h"

#include <unistd.h>

#include <chrono>
#include <mutex>
#include <thread>

namespace sublet::faults {
namespace {

KeyValueWrite put_of(std::string key, std::string value) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {kSpace, std::move(key)};
  write.value = {KeyValueType::kBytes, std::move(value)};
  return write;
}

KeyValueWrite count_one_more() {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {kSpace, kCounter};
  write.compute = [](const KeyValueEntry* present, std::uint64_t) {
    const std::uint64_t count = present == nullptr ? 0 : number_in(present->value.data);
    return std::optional(KeyValueValue{KeyValueType::kBytes, value_of(count + 1, 0)});
  };
  return write;
}

// The loops of one storm, until the process ends.
class Storm {
 public:
  Storm(KeyValueStore& store, const std::string& tenant, int reports)
      : store_(store), tenant_(tenant), reports_(reports) {}

  // A commit follows the answer of the one before.
  void commit(std::uint64_t stamp) {
    store_.commit(storm_commit(tenant_, stamp), [this, stamp](Result<KeyValueCommitted> answer) {
      const bool done =
          answer.has_value() && answer->status == KeyValueCommitted::Status::kCommitted;
      const bool unknown = !answer.has_value() && answer.error().code == ErrorCode::kIndeterminate;
      if (!unknown) report(done ? stamp : stamp | kNotDone);
      if (!done) return put_off(stamp + kLoops);
      commit(stamp + kLoops);
    });
  }

  // Where a commit failed its loop goes on a moment later, with the next stamp.
  void go_on_after_failures() {
    for (;;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      std::vector<std::uint64_t> stamps;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        stamps.swap(put_off_);
      }
      for (const std::uint64_t stamp : stamps) commit(stamp);
    }
  }

 private:
  void report(std::uint64_t what) const {
    if (::write(reports_, &what, sizeof what) != sizeof what) ::_exit(3);
  }
  void put_off(std::uint64_t stamp) {
    std::lock_guard<std::mutex> lock(mutex_);
    put_off_.push_back(stamp);
  }

  KeyValueStore& store_;
  const std::string tenant_;
  const int reports_;
  std::mutex mutex_;
  std::vector<std::uint64_t> put_off_;
};

}  // namespace

std::string part_key(std::uint64_t loop, std::size_t part) {
  return "row/" + std::to_string(loop) + "/" + std::to_string(part);
}

std::string mark_key(std::uint64_t stamp) { return kMarks + std::to_string(stamp); }

std::string value_of(std::uint64_t number, std::size_t padding) {
  return std::to_string(number) + std::string(padding, ' ');
}

std::uint64_t number_in(const std::string& value) { return std::stoull(value); }

KeyValueCommit storm_commit(const std::string& tenant, std::uint64_t stamp) {
  KeyValueCommit request;
  request.tenant = tenant;
  for (std::size_t part = 0; part < kParts; ++part) {
    // Some within a page, some over several.
    const std::size_t padding = stamp * (part + 1) * 7919 % 6000;
    request.writes.push_back(put_of(part_key(loop_of(stamp), part), value_of(stamp, padding)));
  }
  request.writes.push_back(put_of(mark_key(stamp), ""));
  request.writes.push_back(count_one_more());
  return request;
}

void write_storm(KeyValueStore& store, const std::string& tenant, Writer writer, int reports) {
  Storm storm(store, tenant, reports);
  for (std::uint64_t loop = writer.number; loop < kLoops; loop += writer.count) storm.commit(loop);
  storm.go_on_after_failures();
}

}  // namespace sublet::faults
