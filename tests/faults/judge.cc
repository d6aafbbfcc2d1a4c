// SPDX-License-Identifier: Apache-2.0
#include "faults/judge.h"

#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

#include "faults/storm.h"

namespace sublet::faults {
namespace {

template <typename T, typename Start>
T wait_for(const Start& start) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> future = promise->get_future();
  start([promise](Result<T> result) { promise->set_value(std::move(result)); });
  Result<T> result = future.get();
  if (!result.has_value()) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

std::vector<std::optional<KeyValueEntry>> get(KeyValueStore& store, const std::string& tenant,
                                              std::vector<KeyValueKey> keys) {
  KeyValueGet request{tenant, std::move(keys)};
  return wait_for<std::vector<std::optional<KeyValueEntry>>>(
      [&](auto done) { store.get(std::move(request), std::move(done)); });
}

void commit(KeyValueStore& store, const std::string& tenant, KeyValueWrite write) {
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes.push_back(std::move(write));
  (void)wait_for<KeyValueCommitted>(
      [&](auto done) { store.commit(std::move(request), std::move(done)); });
}

// The stamps of all marks.
std::set<std::uint64_t> marks_in(KeyValueStore& store, const std::string& tenant) {
  std::set<std::uint64_t> stamps;
  KeyValueList request;
  request.tenant = tenant;
  request.space = kSpace;
  request.prefix = kMarks;
  request.limit = KeyValueStore::kMaxPage;
  request.keys_only = true;
  for (bool more = true; more;) {
    const KeyValuePage page =
        wait_for<KeyValuePage>([&](auto done) { store.list(request, std::move(done)); });
    for (const KeyValueEntry& entry : page.entries) {
      stamps.insert(number_in(entry.key.substr(request.prefix.size())));
    }
    more = page.more;
    if (more) request.after = page.entries.back().key;
  }
  return stamps;
}

class Judge {
 public:
  Judge(KeyValueStore& store, const std::string& tenant)
      : store_(store), tenant_(tenant), marks_(marks_in(store, tenant)) {}

  Verdict judge(const Told& told) && {
    for (const std::uint64_t stamp : told.acknowledged) {
      if (marks_.count(stamp) == 0) lost("the mark " + std::to_string(stamp));
    }
    for (const std::uint64_t stamp : told.not_done) {
      if (marks_.count(stamp) != 0) ghost("the mark " + std::to_string(stamp));
    }
    std::map<std::uint64_t, std::uint64_t> last;
    for (const std::uint64_t stamp : marks_) last[loop_of(stamp)] = stamp;
    for (std::uint64_t loop = 0; loop < kLoops; ++loop) judge_row(loop, last);
    judge_counter();
    return verdict_;
  }

 private:
  void judge_row(std::uint64_t loop, const std::map<std::uint64_t, std::uint64_t>& last) {
    std::vector<KeyValueKey> keys;
    for (std::size_t part = 0; part < kParts; ++part)
      keys.push_back({kSpace, part_key(loop, part)});
    const auto mark = last.find(loop);
    for (const auto& entry : get(store_, tenant_, keys)) {
      const bool right = mark == last.end()
                             ? !entry.has_value()
                             : entry.has_value() && number_in(entry->value.data) == mark->second;
      if (right) continue;
      return torn("row " + std::to_string(loop) + " is not its last mark");
    }
  }

  void judge_counter() {
    const auto entry = get(store_, tenant_, {{kSpace, kCounter}}).front();
    const std::uint64_t count = entry.has_value() ? number_in(entry->value.data) : 0;
    if (count == marks_.size()) return;
    torn("the counter is " + std::to_string(count) + ", the marks are " +
         std::to_string(marks_.size()));
  }

  void lost(const std::string& what) {
    ++verdict_.lost;
    if (verdict_.what.empty()) verdict_.what = tenant_ + ": lost: " + what;
  }
  void ghost(const std::string& what) {
    ++verdict_.ghosts;
    if (verdict_.what.empty()) verdict_.what = tenant_ + ": not done, and there: " + what;
  }
  void torn(const std::string& what) {
    ++verdict_.torn;
    if (verdict_.what.empty()) verdict_.what = tenant_ + ": torn: " + what;
  }

  KeyValueStore& store_;
  const std::string tenant_;
  const std::set<std::uint64_t> marks_;
  Verdict verdict_;
};

}  // namespace

Verdict judge(KeyValueStore& store, const std::string& tenant, const Told& told) {
  return Judge(store, tenant).judge(told);
}

void plant_loss(KeyValueStore& store, const std::string& tenant,
                const std::set<std::uint64_t>& acknowledged) {
  if (acknowledged.empty()) return;
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kRemove;
  write.at = {kSpace, mark_key(*acknowledged.rbegin())};
  commit(store, tenant, std::move(write));
}

void plant_ghost(Told& told) {
  if (!told.acknowledged.empty()) told.not_done.insert(*told.acknowledged.begin());
}

void plant_tear(KeyValueStore& store, const std::string& tenant) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {kSpace, part_key(kLoops / 2, kParts - 1)};
  write.value = {KeyValueType::kBytes, value_of(1, 0)};
  commit(store, tenant, std::move(write));
}

void clear(KeyValueStore& store, const std::string& tenant) {
  (void)wait_for<std::uint64_t>(
      [&](auto done) { store.erase(tenant, std::nullopt, std::move(done)); });
}

}  // namespace sublet::faults
