// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/sha256.h"
#include "base/timer_service.h"
#include "policy/http_cache/cache_use.h"
#include "policy/http_cache/store.h"
#include "proxy/connections.h"
#include "proxy/core.h"
#include "proxy/gate.h"
#include "proxy/hop.h"
#include "proxy/request_access.h"
#include "proxy/request_plan.h"
#include "proxy/scrubbers.h"
#include "proxy/token_source.h"

namespace sublet::proxy {

// One request from its call to its answer, with redirects, retries and the one renewal of a token.
//
// It goes from stage to stage until it has to wait; whatever it waits for, and cancel(), wakes it.
// One thread at a time runs it, whichever comes first: another leaves what it brings for that one.
// So an answer that comes inside the call that asks for it makes no deeper stack, and nothing is
// called under the lock.
//
// Ownership: shared by the list of the core and by those who owe it an answer; shares the core.
// Thread safety: the public functions are thread-safe; the rest is of the thread that runs it.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  enum class Role : std::uint8_t {
    kOwn,           // of a call
    kFlight,        // of all that wait for it
    kRevalidation,  // of the cache, in the background
  };
  // What another exchange found out before.
  struct Prepared {
    RequestPlan plan;
    std::string token;
    std::vector<std::string> secrets;
  };

  Exchange(std::shared_ptr<Core> core, Core::Id id, std::shared_ptr<const RequestAccess> access,
           RequestCall call, AnswerCallback done);
  Exchange(std::shared_ptr<Core> core, Core::Id id, std::shared_ptr<const RequestAccess> access,
           RequestCall call, AnswerCallback done, Role role, Prepared prepared);

  // One of the two, once.
  void start() noexcept;
  void refuse(RequestError error) noexcept;

  void cancel() noexcept;
  // The flight that it waits for, in its step, is over. `first`: it counts what the flight did.
  void land(std::uint64_t step, const RequestAnswer& answer, bool first) noexcept;

 private:
  enum class Stage : std::uint8_t {
    kToken,
    kPlan,
    kCheck,
    kHop,
    kRates,
    kAdmit,
    kResolve,
    kSend,
    kWaiting,
    kDone
  };
  enum class Waiting : std::uint8_t {
    kNothing,
    kToken,
    kRenewal,
    kFlight,
    kRates,
    kNames,
    kAnswer,
    kRetry
  };
  struct Landed {
    RequestAnswer answer;
    bool first = false;
  };
  using Resolved = Result<std::vector<std::string>>;
  using Event =
      std::variant<std::monostate, Tokened, Landed, SharedLimits::Taken, Resolved, HttpResponse>;
  struct Signals {
    Event event;
    bool canceled = false;
    bool woken = false;
  };
  // A response as it came, or from the cache.
  struct Received {
    int status = 0;
    policy::HttpFields fields;  // as incoming_fields() has them
    std::shared_ptr<const std::string> body;
    bool scrubbed = false;
  };

  // -- running (exchange.cc) -----------------------------------------------------------------
  void run() noexcept;
  void run_stages() noexcept;
  void proceed();
  bool has_signals();
  std::optional<Signals> take_signals();
  void handle(Signals signals) noexcept;
  void on_event(Event event);
  void on_time();
  template <typename T>
  void deliver(std::uint64_t step, T what) noexcept;
  void wake() noexcept;
  // The step that an answer has to name.
  std::uint64_t wait_for(Waiting what);
  // Sees to it that it is woken when its time is over.
  void set_timer();

  // -- what to send (exchange_plan.cc) -------------------------------------------------------
  void ask_token();
  void on_token(Tokened tokened);
  void renew_token();
  bool may_renew() const;
  void make_plan();
  void check_plan();
  void check_target();
  void begin_trace();

  // -- the cache (exchange_cache.cc) ---------------------------------------------------------
  void enter_hop();
  void forget_stored();
  bool cache_is_on() const;
  CacheMode cache_mode() const;
  policy::CacheOptions cache_options() const;
  policy::CacheRequest cache_request() const;
  // True: it was answered.
  bool ask_cache();
  policy::CacheUse choose_use() const;
  void serve_stored(std::string_view use);
  bool serve_on_error(std::optional<int> status);
  void revalidate();
  // After a response: what it makes stale, and itself.
  void keep(Received& received);
  void invalidate(const Received& received);
  policy::CacheableResponse cacheable(const Received& received) const;
  void on_not_modified(Received received);
  void add_cache_fields(std::vector<HttpHeader>& headers) const;

  // -- flights (exchange_flight.cc) ----------------------------------------------------------
  bool may_collapse() const;
  base::Sha256Digest flight_key() const;
  void join_flight();
  void on_landed(Landed landed);

  // -- one attempt (exchange_attempt.cc) -----------------------------------------------------
  void ask_rates();
  void on_taken(const SharedLimits::Taken& taken);
  void ask_admission();
  void ask_names();
  void on_names(const Resolved& resolved);
  bool check_names(const std::vector<std::string>& texts);
  void send();
  void answered(std::uint64_t step, HttpResponse response) noexcept;
  HttpRequest request_now() const;
  std::vector<HttpHeader> headers_now() const;

  // -- what came (exchange_answer.cc) --------------------------------------------------------
  void on_response(HttpResponse response);
  // What no transport should answer.
  void check_response(HttpResponse& response);
  void account(const HttpResponse& response);
  void finish_pass(const HttpResponse& response);
  void on_failure(const HttpResponse& response);
  // True: there is another attempt.
  bool retry(std::optional<int> status, std::optional<policy::AttemptFailure> failure,
             std::optional<base::Nanoseconds> retry_after);
  void on_answer(Received received);
  bool redirects(const Received& received);
  void follow_redirect(const Received& received);

  // -- the end (exchange_end.cc) -------------------------------------------------------------
  // Answers with a stored response where that may stand in for the error, else with the error.
  void fail(RequestError error);
  void end(RequestError error) noexcept;
  void end(Received received);
  void end(RequestAnswer answer, bool complete_record) noexcept;
  void let_go() noexcept;
  void account_unanswered() noexcept;
  void complete_record(RequestAnswer& answer);
  const Scrubbing& scrubbing();
  const policy::Scrubber& scrubber() { return scrubbing().scrubber; }
  void know_secret(const std::string& secret);
  std::string scrubbed(std::string text);
  void scrub_fields(policy::HttpFields& fields);
  void scrub(Received& received);
  void reach(Limit limit) { limits_reached_ = limits_reached_ | limit; }

  const std::shared_ptr<Core> core_;
  const Core::Id id_;
  const Role role_;
  const std::shared_ptr<const RequestAccess> access_;

  base::Mutex mutex_;
  // From the beginning: what comes before start() waits for it.
  bool running_ SUBLET_GUARDED_BY(mutex_) = true;
  bool ended_ SUBLET_GUARDED_BY(mutex_) = false;
  bool canceled_ SUBLET_GUARDED_BY(mutex_) = false;
  bool woken_ SUBLET_GUARDED_BY(mutex_) = false;
  std::uint64_t step_ SUBLET_GUARDED_BY(mutex_) = 0;  // answers to older ones come too late
  Event event_ SUBLET_GUARDED_BY(mutex_);

  RequestCall call_;
  AnswerCallback done_;
  Stage stage_ = Stage::kToken;
  Waiting waiting_ = Waiting::kNothing;
  base::TimePoint begun_{};
  base::TimePoint deadline_{};
  base::TimerService::TimerId timer_ = 0;
  base::TimePoint timer_at_{};
  base::TimePoint retry_at_{};

  std::string token_;
  bool renewed_ = false;
  RequestPlan plan_;
  std::vector<std::string> secrets_;
  std::shared_ptr<const Scrubbing> scrubbing_;
  EgressPolicyPointer egress_;
  std::string pool_;
  std::string cache_scope_;
  std::string trace_parent_;

  Hop hop_;
  std::string hop_url_;
  unsigned followed_ = 0;
  bool after_redirect_ = false;   // nothing was sent to this hop yet
  bool request_counted_ = false;  // for the retry budget of this hop's origin
  std::uint32_t attempt_ = 1;
  policy::HttpCacheStore::Response stored_;
  bool validates_ = false;
  base::Sha256Digest flight_{};
  std::vector<std::string> addresses_;
  Pass pass_;
  std::shared_ptr<HttpTransport> transport_;
  HttpTransport::Id sent_id_ = 0;
  base::TimePoint sent_at_{};
  base::Nanoseconds given_{0};  // how long this attempt may take

  RequestRecord record_;
  base::Nanoseconds in_transport_{0};
  LimitSet limits_reached_ = 0;
};

}  // namespace sublet::proxy
