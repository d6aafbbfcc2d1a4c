// SPDX-License-Identifier: Apache-2.0
// The answer: scrubbed, with its record, once.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "proxy/codes.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"

namespace sublet::proxy {
namespace {

// No response could be had, for reasons that may pass.
bool is_outage(std::string_view code) {
  constexpr std::array<std::string_view, 10> kCodes = {
      codes::kCircuitOpen, codes::kNameNotFound,   codes::kNameUnavailable,  codes::kConnect,
      codes::kTls,         codes::kTimeoutConnect, codes::kTimeoutFirstByte, codes::kTimeoutTotal,
      codes::kBroken,      codes::kProtocol};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

}  // namespace

void Exchange::fail(RequestError error) {
  if (is_outage(error.code) && serve_on_error(std::nullopt)) return;
  end(std::move(error));
}

void Exchange::end(RequestError error) noexcept {
  RequestAnswer answer;
  try {
    error.message = scrubbed(std::move(error.message));
    answer.error = std::move(error);
  } catch (...) {
    answer.error = of_internal();
  }
  end(std::move(answer), true);
}

void Exchange::end(Received received) {
  scrub(received);
  RequestAnswer answer;
  answer.status = received.status;
  answer.headers = std::move(received.fields);
  answer.body = received.body ? std::move(received.body) : std::make_shared<const std::string>();
  answer.url = scrubbed(hop_.target.url());
  answer.redirected = followed_ > 0;
  end(std::move(answer), true);
}

void Exchange::end(RequestAnswer answer, bool with_record) noexcept {
  stage_ = Stage::kDone;
  {
    base::MutexLock lock(mutex_);
    if (std::exchange(ended_, true)) return;
    event_ = Event();
  }
  let_go();
  if (with_record) {
    try {
      complete_record(answer);
    } catch (...) {
      answer = RequestAnswer();
      answer.error = of_internal();
    }
  }
  core_->remove(id_);
  const AnswerCallback done = std::exchange(done_, nullptr);
  try {
    if (done) done(std::move(answer));
  } catch (...) {
    // It must not throw; there is nobody to tell.
  }
}

// What is still owed or under way.
void Exchange::let_go() noexcept {
  if (timer_ != 0) core_->setup().timers->cancel(std::exchange(timer_, 0));
  pass_ = Pass();
  if (waiting_ == Waiting::kAnswer && transport_) {
    account_unanswered();
    transport_->cancel(sent_id_);
  }
  if (waiting_ == Waiting::kFlight) {
    if (const auto alone = core_->flights().leave(flight_, this)) alone->cancel();
  }
  waiting_ = Waiting::kNothing;
  transport_ = nullptr;
  call_.plan = nullptr;  // may hold what waits for the answer
}

// What the transport sent of it nobody will say any more: it counts as sent.
void Exchange::account_unanswered() noexcept {
  in_transport_ += core_->now() - sent_at_;
  std::size_t bytes = hop_.body ? hop_.body->size() : 0;
  for (const policy::HttpField& field : hop_.headers) {
    bytes += field.name.size() + field.value.size() + 4;
  }
  record_.sent.count += bytes + hop_.target.path_and_query.size();
}

void Exchange::complete_record(RequestAnswer& answer) {
  const base::Nanoseconds total = core_->now() - begun_;
  record_.name = call_.name;
  record_.method = scrubbed(std::move(record_.method));
  record_.origin = scrubbed(std::move(record_.origin));
  record_.status = answer.status;
  record_.error = answer.error ? answer.error->code : std::string();
  record_.body = Bytes{answer.body ? answer.body->size() : 0};
  record_.total = std::chrono::duration_cast<std::chrono::microseconds>(total);
  record_.waited = std::chrono::duration_cast<std::chrono::microseconds>(
      std::max(base::Nanoseconds{0}, total - in_transport_));
  answer.record = std::move(record_);
  answer.limits_reached = limits_reached_;
}

void Exchange::know_secret(const std::string& secret) {
  if (secret.empty() || std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) {
    return;
  }
  secrets_.push_back(secret);
  scrubbing_ = nullptr;
}

const Scrubbing& Exchange::scrubbing() {
  if (!scrubbing_) scrubbing_ = access_->scrubbers->get(secrets_);
  return *scrubbing_;
}

std::string Exchange::scrubbed(std::string text) {
  if (secrets_.empty() || scrubber().is_clear(text)) return text;
  return scrubber().scrub(text);
}

// All at once: a scrubber that searches has to be set up each time. A zero byte, which no field has
// in it, ends whatever a secret may be encoded in.
void Exchange::scrub_fields(policy::HttpFields& fields) {
  std::string all;
  for (const policy::HttpField& field : fields) {
    all.append(field.name).push_back('\0');
    all.append(field.value).push_back('\0');
  }
  const std::vector<std::string>& lower = scrubbing().in_lower_case;
  // Names came in lower case, or were made so.
  const auto shows = [&](const std::string& name) {
    return std::any_of(lower.begin(), lower.end(), [&](const std::string& secret) {
      return name.find(secret) != std::string::npos;
    });
  };
  std::erase_if(fields, [&](const policy::HttpField& field) { return shows(field.name); });
  if (scrubber().is_clear(all)) return;
  const std::string clean = scrubber().scrub(all);
  policy::HttpFields kept;
  std::string_view rest = clean;
  const auto next = [&rest] {
    const std::size_t end = rest.find('\0');
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return std::string(text);
  };
  while (!rest.empty()) {
    policy::HttpField field{next(), {}};
    field.value = next();
    // A name that has a secret in it is none any more.
    const bool is_name = field.name.find(policy::kScrubbed) == std::string::npos;
    if (is_name && !shows(field.name)) kept.push_back(std::move(field));
  }
  fields = std::move(kept);
}

void Exchange::scrub(Received& received) {
  if (std::exchange(received.scrubbed, true) || secrets_.empty() || scrubber().empty()) return;
  scrub_fields(received.fields);
  if (received.body && !scrubber().is_clear(*received.body)) {
    received.body = std::make_shared<const std::string>(scrubber().scrub(*received.body));
  }
}

}  // namespace sublet::proxy
