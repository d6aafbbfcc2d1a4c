// SPDX-License-Identifier: Apache-2.0
// Identical requests that share one answer.
#include <algorithm>
#include <utility>

#include "policy/http_cache/invalidation.h"
#include "policy/http_cache/request_key.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"

namespace sublet::proxy {

bool Exchange::may_collapse() const {
  return role_ == Role::kOwn && followed_ == 0 && !renewed_ && call_.options.collapse &&
         policy::is_safe_method(hop_.method) && !hop_.body;
}

// Beside the request itself, all that decides on what is done about it: the access (its policy and
// limits), the template, what is followed, which secrets are scrubbed.
base::Sha256Digest Exchange::flight_key() const {
  std::vector<std::string> names;
  for (const policy::HttpField& field : hop_.headers) {
    names.push_back(policy::lower_case(field.name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const base::Sha256Digest request =
      policy::single_flight_key(cache_scope_, cache_request(), names, {});
  base::Sha256 hash;
  hash.update_sized(base::to_hex(request))
      .update_sized(std::to_string(reinterpret_cast<std::uintptr_t>(access_.get())))
      .update_sized(call_.name)
      .update_sized(call_.oauth)
      .update_sized(call_.user)
      .update_sized(std::to_string(static_cast<int>(call_.redirect)))
      .update_sized(std::to_string(static_cast<int>(call_.cache)));
  for (const std::string& secret : secrets_) hash.update_sized(secret);
  return hash.finish();
}

void Exchange::join_flight() {
  flight_ = flight_key();
  const auto make = [this] {
    RequestCall call = call_;
    call.deadline = base::TimePoint::max();
    const auto core = core_;
    // Only to be compared: the flight is the one that shares it.
    const auto flown = std::make_shared<const Exchange*>(nullptr);
    auto done = [core, key = flight_, flown](const RequestAnswer& answer) {
      core->flights().land(key, *flown, answer);
    };
    auto exchange =
        std::make_shared<Exchange>(core, core->next_id(), access_, std::move(call), std::move(done),
                                   Role::kFlight, Prepared{plan_, token_, secrets_});
    *flown = exchange.get();
    return exchange;
  };
  const std::uint64_t step = wait_for(Waiting::kFlight);
  const std::shared_ptr<Exchange> made =
      core_->flights().join(flight_, {shared_from_this(), step}, make);
  if (!made) return;
  if (core_->add(made->id_, made)) {
    made->start();
  } else {
    made->refuse(of_cancel());
  }
}

void Exchange::land(std::uint64_t step, const RequestAnswer& answer, bool first) noexcept {
  try {
    deliver(step, Landed{answer, first});
  } catch (...) {
    cancel();  // no memory for the copy
  }
}

void Exchange::on_landed(Landed landed) {
  RequestAnswer& answer = landed.answer;
  waiting_ = Waiting::kNothing;
  answer.record.name = call_.name;
  if (!landed.first) {
    RequestRecord& record = answer.record;
    record.cache = "collapsed";
    record.attempts = 0;
    record.sent = record.received = Bytes{};
    record.connect = record.secure = record.first_byte = record.receive = {};
    record.span_id.clear();
  }
  answer.record.total =
      std::chrono::duration_cast<std::chrono::microseconds>(core_->now() - begun_);
  answer.record.waited = landed.first ? answer.record.waited : answer.record.total;
  end(std::move(answer), false);
}

}  // namespace sublet::proxy
