// SPDX-License-Identifier: Apache-2.0
// What a hop has of the response cache, and leaves in it.
#include <chrono>
#include <utility>

#include "policy/egress/url.h"
#include "policy/http_cache/cache_control.h"
#include "policy/http_cache/invalidation.h"
#include "policy/http_cache/validation.h"
#include "proxy/codes.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"

namespace sublet::proxy {

using policy::CacheUse;

// What is stored for one hop and one token stands in for no other.
void Exchange::forget_stored() {
  stored_ = nullptr;
  validates_ = false;
}

void Exchange::enter_hop() {
  forget_stored();
  if (ask_cache()) return;
  if (may_collapse()) return join_flight();
  stage_ = Stage::kRates;
}

CacheMode Exchange::cache_mode() const {
  if (role_ == Role::kRevalidation) return CacheMode::kNoCache;
  const bool declared = call_.cache == CacheMode::kNoStore && call_.options.cache;
  return declared ? CacheMode::kDefault : call_.cache;
}

bool Exchange::cache_is_on() const {
  return access_->policy.cache && cache_mode() != CacheMode::kNoStore;
}

policy::CacheOptions Exchange::cache_options() const {
  policy::CacheOptions options = core_->setup().cache;
  const auto& declared = call_.options.cache;
  if (declared && declared->stale_if_error) options.stale_if_error = *declared->stale_if_error;
  return options;
}

// A view of the hop: the URL is kept in the hop's record of it.
policy::CacheRequest Exchange::cache_request() const {
  return {hop_.method, hop_url_, hop_.headers, plan_.secret_fields, hop_.body != nullptr};
}

CacheUse Exchange::choose_use() const {
  const CacheMode mode = cache_mode();
  if (mode == CacheMode::kNoCache) return stored_ ? CacheUse::kValidate : CacheUse::kMiss;
  const CacheUse use =
      policy::choose_use(policy::request_cache_control(hop_.headers), stored_.get(), core_->now());
  if (mode != CacheMode::kForceCache && mode != CacheMode::kOnlyIfCached) return use;
  if (!stored_) {
    return mode == CacheMode::kOnlyIfCached ? CacheUse::kGatewayTimeout : CacheUse::kMiss;
  }
  return use == CacheUse::kFresh ? use : CacheUse::kStale;
}

bool Exchange::ask_cache() {
  hop_url_ = hop_.target.url();
  const bool only_cached = cache_mode() == CacheMode::kOnlyIfCached;
  const bool usable = cache_is_on() && policy::is_cache_request(cache_request());
  if (usable) record_.cache = "miss";
  if (usable && cache_mode() != CacheMode::kReload) {
    stored_ = core_->cache().find(cache_scope_, cache_request());
  }
  if (!usable && !only_cached) return false;
  switch (cache_mode() == CacheMode::kReload ? CacheUse::kMiss : choose_use()) {
    case CacheUse::kMiss:
      stored_ = nullptr;
      return false;
    case CacheUse::kValidate:
      validates_ = true;
      return false;
    case CacheUse::kGatewayTimeout:
      end(make_error(codes::kNotCached, "there is no response in the cache that may be used"));
      return true;
    case CacheUse::kStaleWhileRevalidate:
      revalidate();
      serve_stored(policy::to_string(CacheUse::kStaleWhileRevalidate));
      return true;
    case CacheUse::kFresh:
      serve_stored(policy::to_string(CacheUse::kFresh));
      return true;
    case CacheUse::kStale:
      serve_stored(policy::to_string(CacheUse::kStale));
      return true;
  }
  return false;
}

void Exchange::serve_stored(std::string_view use) {
  record_.cache = use;
  // Once: where it leads on and that fails, it does not stand in again.
  const auto stored = std::exchange(stored_, nullptr);
  const base::Nanoseconds age = stored->age(core_->now());
  Received received{stored->status, stored->fields, stored->body, true};
  std::erase_if(received.fields, [](const policy::HttpField& field) {
    return policy::same_field_name(field.name, "age");
  });
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  received.fields.push_back({"age", std::to_string(seconds)});
  on_answer(std::move(received));
}

bool Exchange::serve_on_error(std::optional<int> status) {
  if (!stored_) return false;
  std::optional<std::uint16_t> answered;
  if (status) answered = static_cast<std::uint16_t>(*status);
  if (!policy::may_use_on_error(policy::request_cache_control(hop_.headers), *stored_, answered,
                                core_->now(), cache_options())) {
    return false;
  }
  serve_stored("stale_if_error");
  return true;
}

// As this hop, but for nobody: without retries, without a token to renew, and no further.
void Exchange::revalidate() {
  if (!core_->cache().begin_revalidation(cache_scope_, hop_url_)) return;
  RequestPlan plan = plan_;
  plan.method = hop_.method;
  plan.url = hop_url_;
  plan.headers = hop_.headers;
  plan.body = nullptr;
  RequestCall call = call_;
  call.plan = nullptr;
  call.oauth.clear();
  call.trace_parent.clear();
  call.options.retry.reset();
  call.options.collapse = false;
  call.redirect = RedirectMode::kManual;
  call.deadline = base::TimePoint::max();
  auto done = [core = core_, scope = cache_scope_, url = hop_url_](const RequestAnswer&) {
    core->cache().end_revalidation(scope, url);
  };
  const auto made =
      std::make_shared<Exchange>(core_, core_->next_id(), access_, std::move(call), std::move(done),
                                 Role::kRevalidation, Prepared{std::move(plan), token_, secrets_});
  if (core_->add(made->id_, made)) {
    made->start();
  } else {
    made->refuse(of_cancel());
  }
}

policy::CacheableResponse Exchange::cacheable(const Received& received) const {
  return {static_cast<std::uint16_t>(received.status),
          received.fields,
          received.body,
          {sent_at_, core_->now(), core_->calendar()}};
}

void Exchange::invalidate(const Received& received) {
  const auto resolve = [this](std::string_view reference) -> std::optional<std::string> {
    const auto url = policy::resolve_reference(hop_.target, reference);
    if (!url) return std::nullopt;
    const auto parsed = policy::parse_url(*url, egress_->max_url_bytes);
    if (!parsed || parsed->target.origin() != hop_.target.origin()) return std::nullopt;
    return parsed->target.url();
  };
  const auto status = static_cast<std::uint16_t>(received.status);
  for (const std::string& url :
       policy::invalidated_urls(cache_request(), status, received.fields, resolve)) {
    core_->cache().invalidate(cache_scope_, url);
  }
}

void Exchange::keep(Received& received) {
  if (!policy::is_safe_method(hop_.method)) return invalidate(received);
  if (!cache_is_on()) return;
  const policy::CacheRequest request = cache_request();
  if (policy::check_storable(request, cacheable(received), cache_options()) !=
      policy::NotStored::kNone) {
    return;
  }
  const bool leads_on = is_redirect(received.status);
  const auto before = policy::values_of(received.fields, "location");
  const std::vector<std::string> locations(before.begin(), before.end());
  Received seen = received;
  scrub(seen);
  const auto after = policy::values_of(seen.fields, "location");
  // Where it leads to is not known any more.
  if (leads_on && !std::equal(locations.begin(), locations.end(), after.begin(), after.end())) {
    return;
  }
  if (!leads_on) received = seen;
  auto stored = std::make_shared<const policy::StoredResponse>(
      policy::make_stored(request, cacheable(seen), cache_options()));
  if (core_->cache().put(cache_scope_, request, std::move(stored))) record_.cache = "stored";
}

void Exchange::on_not_modified(Received received) {
  scrub(received);
  std::optional<policy::CacheableResponse> fresh = policy::refreshed(*stored_, cacheable(received));
  if (!fresh) {
    // It speaks of a response that is not here: asked again without conditions.
    forget_stored();
    stage_ = Stage::kRates;
    return;
  }
  record_.cache = "validated";
  Received answer{fresh->status, fresh->fields, fresh->body, true};
  const policy::CacheRequest request = cache_request();
  if (policy::check_storable(request, *fresh, cache_options()) == policy::NotStored::kNone) {
    core_->cache().put(cache_scope_, request,
                       std::make_shared<const policy::StoredResponse>(
                           policy::make_stored(request, *std::move(fresh), cache_options())));
  }
  on_answer(std::move(answer));
}

// Caches on the way are asked as Fetch asks them.
void Exchange::add_cache_fields(std::vector<HttpHeader>& headers) const {
  if (validates_) {
    for (policy::HttpField& field : policy::conditional_fields(*stored_)) {
      headers.push_back({std::move(field.name), std::move(field.value)});
    }
  }
  if (!cache_is_on() || policy::has_field(hop_.headers, "cache-control")) return;
  if (cache_mode() == CacheMode::kReload) headers.push_back({"cache-control", "no-cache"});
  if (cache_mode() == CacheMode::kNoCache) headers.push_back({"cache-control", "max-age=0"});
}

}  // namespace sublet::proxy
