// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/storm.h"

#include <chrono>
#include <thread>

#include "adapters/postgres/postgres_test_side.h"

namespace sublet {
namespace {

constexpr std::chrono::minutes kPatience{1};
constexpr std::size_t kKeysAtOnce = 500;

enum class Told { kDone, kNotDone, kUnknown };

template <typename Condition>
bool wait_until(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace

struct Storm::Chain {
  std::string tenant;
  std::string counter;
  std::vector<Told> puts;  // by number
  std::vector<Told> increments;
  bool increments_next = false;
  std::uint64_t unexpected = 0;
  std::string message;

  std::string key(std::size_t number) const { return counter + "/" + std::to_string(number); }
};

// Some chains share a tenant.
Storm::Storm(std::shared_ptr<KeyValueStore> store, int chains) : store_(std::move(store)) {
  for (int i = 0; i < chains; ++i) {
    auto chain = std::make_unique<Chain>();
    chain->tenant = "tenant" + std::to_string(i / 2);
    chain->counter = "counter" + std::to_string(i);
    chains_.push_back(std::move(chain));
  }
  under_way_ = chains;
  for (const auto& chain : chains_) next(*chain);
}

Storm::~Storm() { (void)stop(); }

void Storm::next(Chain& chain) {
  const KeyValueWrite write = chain.increments_next
                                  ? increment_of(chain.counter)
                                  : put_of(chain.key(chain.puts.size()), std::string(100, 'v'));
  store_->commit(commit_of({write}, chain.tenant),
                 [this, &chain](Result<KeyValueCommitted> answer) { answered(chain, answer); });
}

void Storm::answered(Chain& chain, const Result<KeyValueCommitted>& answer) {
  Told told = Told::kDone;
  if (!answer) {
    const ErrorCode code = answer.error().code;
    told = code == ErrorCode::kIndeterminate ? Told::kUnknown : Told::kNotDone;
    if (code != ErrorCode::kIndeterminate && code != ErrorCode::kUnavailable) {
      ++chain.unexpected;
      chain.message = answer.error().message;
    }
  } else if (answer->status != KeyValueCommitted::Status::kCommitted) {
    ++chain.unexpected;
    chain.message = "a commit did not go through";
  }
  (chain.increments_next ? chain.increments : chain.puts).push_back(told);
  chain.increments_next = !chain.increments_next;
  if (told == Told::kDone) ++acknowledged_;
  if (stopping_) {
    --under_way_;
  } else {
    next(chain);
  }
}

bool Storm::wait_for(std::uint64_t more) const {
  const std::uint64_t wanted = acknowledged_ + more;
  return wait_until([&] { return acknowledged_ >= wanted; });
}

bool Storm::stop() {
  stopping_ = true;
  return wait_until([&] { return under_way_ == 0; });
}

Storm::Finding Storm::check(KeyValueStore& store) const {
  Finding found;
  const auto count = [&](Told told) {
    ++(told == Told::kDone      ? found.acknowledged
       : told == Told::kNotDone ? found.not_done
                                : found.unknown);
  };
  for (const auto& chain : chains_) {
    found.unexpected += chain->unexpected;
    if (chain->unexpected > 0) found.message = chain->message;
    for (std::size_t first = 0; first < chain->puts.size(); first += kKeysAtOnce) {
      KeyValueGet request{chain->tenant, {}};
      const std::size_t end = std::min(first + kKeysAtOnce, chain->puts.size());
      for (std::size_t i = first; i < end; ++i) request.keys.push_back({"s", chain->key(i)});
      Answer<std::vector<std::optional<KeyValueEntry>>> answer;
      store.get(request, answer.callback());
      const auto entries = answer.get();
      for (std::size_t i = first; i < end; ++i) {
        const bool there = entries.has_value() && (*entries)[i - first].has_value();
        count(chain->puts[i]);
        found.lost += chain->puts[i] == Told::kDone && !there;
        found.ghosts += chain->puts[i] == Told::kNotDone && there;
      }
    }
    std::uint64_t least = 0, unknown = 0;
    for (const Told told : chain->increments) {
      count(told);
      least += told == Told::kDone;
      unknown += told == Told::kUnknown;
    }
    const std::string value = value_at(store, chain->counter, chain->tenant);
    const std::uint64_t counted = value == "(none)" ? 0 : std::stoull(value);
    if (counted < least) found.lost += least - counted;
    if (counted > least + unknown) found.ghosts += counted - least - unknown;
  }
  return found;
}

}  // namespace sublet
