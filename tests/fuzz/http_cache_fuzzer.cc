// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/fuzz_check.h"
#include "policy/http_cache/cache_use.h"
#include "policy/http_cache/validation.h"
#include "policy/http_date.h"
#include "policy/resilience/retry_after.h"

namespace {

using namespace sublet::policy;

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr WallTime kWall{std::chrono::seconds{784111777}};
constexpr sublet::base::TimePoint kNow{std::chrono::hours(1)};

std::string as_imf_fixdate(WallTime time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const long long second = (time - days).count();
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02lld:%02lld:%02lld GMT",
                kDays[std::chrono::weekday{days}.c_encoding()], unsigned{date.day()},
                kMonths[unsigned{date.month()} - 1], int{date.year()}, second / 3600,
                second / 60 % 60, second % 60);
  return text.data();
}

// A date says the same again when it is written by the book.
void check_date(std::string_view text) {
  const auto time = parse_http_date(text, kWall);
  if (!time) return;
  const auto again = parse_http_date(as_imf_fixdate(*time), kWall);
  // A leap second at the end of the last year is in a year of five digits.
  FUZZ_CHECK(again == time || as_imf_fixdate(*time).size() != 29);
}

void check_retry_after(std::string_view text) {
  const auto wait = parse_retry_after(text, kWall);
  if (wait) FUZZ_CHECK(wait->count() >= 0 && *wait <= kMostDeltaSeconds);
}

void check_seconds(const std::optional<std::chrono::seconds>& seconds) {
  if (seconds) FUZZ_CHECK(seconds->count() >= 0 && *seconds <= kMostDeltaSeconds);
}

// Whatever stands around it, a directive at either end is seen; a line more never loosens anything.
void check_cache_control(const std::string& text) {
  const CacheControl control = response_cache_control({{"Cache-Control", text}});
  for (const auto& seconds : {control.max_age, control.max_stale, control.min_fresh,
                              control.stale_while_revalidate, control.stale_if_error}) {
    check_seconds(seconds);
  }
  FUZZ_CHECK(response_cache_control({{"Cache-Control", text + ", no-store"}}).no_store);
  FUZZ_CHECK(response_cache_control({{"Cache-Control", "no-store, " + text}}).no_store);
  const CacheControl more =
      response_cache_control({{"Cache-Control", text}, {"Cache-Control", "max-age=9, no-cache"}});
  FUZZ_CHECK(more.no_store == control.no_store && more.no_cache);
  FUZZ_CHECK(more.max_age && *more.max_age <= std::chrono::seconds(9));
  FUZZ_CHECK(!control.max_age || *more.max_age <= *control.max_age);
}

// "name: value" on each line.
HttpFields fields_of(std::string_view text) {
  HttpFields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    fields.push_back({std::string(line.substr(0, colon)),
                      std::string(line.substr(std::min(colon + 1, line.size())))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return fields;
}

void check_stored(const HttpFields& fields) {
  const HttpFields no_fields;
  const CacheRequest request{"GET", "https://a.example/", no_fields, {}};
  const CacheableResponse response{
      200, fields, std::make_shared<const std::string>(), {kNow, kNow, kWall}};
  const CacheControl control = response_cache_control(fields);
  if (check_storable(request, response, CacheOptions{}) != NotStored::kNone) return;
  FUZZ_CHECK(!control.no_store || control.must_understand);
  const StoredResponse stored = make_stored(request, response, CacheOptions{});
  check_seconds(stored.lifetime);
  FUZZ_CHECK(stored.age(kNow).count() >= 0);
  FUZZ_CHECK(stored.matches(request, credentials_key(request)));
  const CacheUse use = choose_use(CacheControl{}, &stored, kNow);
  if (control.no_cache) FUZZ_CHECK(use == CacheUse::kValidate);
  if (use == CacheUse::kFresh) FUZZ_CHECK(stored.age(kNow) < stored.lifetime);
  const HttpFields conditions = conditional_fields(stored);
  FUZZ_CHECK(conditions.size() <= 2);
  // A 304 with the same fields speaks of the same response, unless it has two tags.
  const auto merged = refreshed(stored, {304, fields, nullptr, response.times});
  FUZZ_CHECK(merged || values_of(fields, "ETag").size() > 1 ||
             values_of(fields, "Last-Modified").size() > 1 || has_field(fields, "Connection"));
}

}  // namespace

// Header fields that any server sends: each reading keeps what its header promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_date(text);
  check_retry_after(text);
  check_cache_control(text);
  const HttpFields fields = fields_of(text);
  for (const HttpField& field : fields) {
    check_date(field.value);
    check_retry_after(field.value);
    check_cache_control(field.value);
  }
  check_stored(fields);
  return 0;
}
