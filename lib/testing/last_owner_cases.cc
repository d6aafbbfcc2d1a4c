// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "testing/last_owner.h"
#include "testing/trial.h"

// A store whose last owner is one of its own callbacks.
namespace sublet::testing::conformance {
namespace {

// Some are under way when the store ends; all of them are answered, which close() looks at.
void busy(Trial& trial) {
  trial.write({put("a", "1")});
  for (int i = 0; i < 20; ++i) {
    trial.start_commit(commit_of({put(std::to_string(i), "1")}));
    trial.start_get({kTenant, {{kSpace, "a"}}});
    trial.start_list(trial.listing());
  }
}

// start(store, callback) begins the call.
template <typename T, typename Start>
void ends_in_answer(Trial& trial, const char* name, bool is_refused, Start&& start) {
  busy(trial);
  const auto call =
      std::make_shared<Call<T>>(name, std::make_shared<std::atomic<std::uint64_t>>(0));
  const auto owner = std::make_shared<LastOwner<KeyValueStore>>(trial.take_store());
  start(owner->adapter(), [owner, call](Result<T> result) {
    owner->let_go();
    call->answer(std::move(result));
  });
  owner->call_returned();
  const Result<T> result = trial.wait(call);
  expect_equal("whether the call is refused", !result.has_value(), is_refused);
  trial.close();
  expect_equal("the number of answers", call->answers(), std::uint64_t{1});
}

void in_a_commit(Trial& trial) {
  ends_in_answer<KeyValueCommitted>(trial, "commit", false, [](KeyValueStore& store, auto done) {
    store.commit(commit_of({put("last", "1")}), done);
  });
}

void in_a_read(Trial& trial) {
  ends_in_answer<Entries>(trial, "get", false, [](KeyValueStore& store, auto done) {
    store.get({kTenant, {{kSpace, "a"}}}, done);
  });
}

void in_an_erase(Trial& trial) {
  ends_in_answer<std::uint64_t>(trial, "erase", false, [](KeyValueStore& store, auto done) {
    store.erase(kTenant, std::nullopt, done);
  });
}

void in_a_refusal(Trial& trial) {
  ends_in_answer<KeyValueUsage>(trial, "usage", true,
                                [](KeyValueStore& store, auto done) { store.usage("", done); });
}

}  // namespace

std::vector<Case> last_owner_cases() {
  return {
      {"last owner: it goes inside the answer of a commit", in_a_commit},
      {"last owner: it goes inside the answer of a read", in_a_read},
      {"last owner: it goes inside the answer of an erase", in_an_erase},
      {"last owner: it goes inside a refusal", in_a_refusal},
  };
}

}  // namespace sublet::testing::conformance
