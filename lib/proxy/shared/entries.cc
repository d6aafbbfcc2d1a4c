// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/sha256.h"
#include "policy/token_bucket.h"
#include "proxy/shared/shared_time.h"

namespace sublet::proxy {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kSpace = "sublet/limits";
// Of the entries' form: others begin with another.
constexpr std::string_view kForm = "1 ";
constexpr milliseconds kKeptLonger = std::chrono::minutes(1);

KeyValueKey place(std::string_view kind, std::string_view key) {
  const bool fits = kind.size() + key.size() < KeyValueStore::kMaxKeyBytes;
  return {std::string(kSpace), fits ? fmt::format("{}/{}", kind, key)
                                    : fmt::format("{}#{}", kind, base::to_hex(base::sha256(key)))};
}

// Takes a time and the space after it off the front of `text`.
std::optional<base::TimePoint> take_time(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return std::nullopt;
  const base::TimePoint time{base::Nanoseconds(value)};
  if (value < 0 || time > SharedTime::kLast) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return time;
}

// The text after the form's sign and two times.
struct Fields {
  base::TimePoint first, second;
  std::string_view rest;
};

std::optional<Fields> read_fields(const KeyValueEntry* entry) {
  if (entry == nullptr || !entry->value.data.starts_with(kForm)) return std::nullopt;
  std::string_view text = entry->value.data;
  text.remove_prefix(kForm.size());
  const auto first = take_time(text);
  const auto second = first ? take_time(text) : std::nullopt;
  if (!second) return std::nullopt;
  return Fields{*first, *second, text};
}

KeyValueValue write_fields(base::TimePoint first, base::TimePoint second, std::string_view rest) {
  const auto count = [](base::TimePoint time) {
    return std::min(time, SharedTime::kLast).time_since_epoch().count();
  };
  return {KeyValueType::kBytes,
          fmt::format("{}{} {} {}", kForm, count(first), count(second), rest)};
}

}  // namespace

KeyValueKey bucket_place(std::string_view key) { return place("bucket", key); }
KeyValueKey breaker_place(std::string_view key) { return place("breaker", key); }
KeyValueKey probe_place(std::string_view process) { return place("probe", process); }

KeyValueExpiry expiry_after(base::Nanoseconds meaningful) {
  const auto whole = std::chrono::ceil<milliseconds>(std::max(meaningful, base::Nanoseconds{0}));
  return KeyValueExpiry::after(std::min(whole + kKeptLonger, KeyValueStore::kMaxTtl));
}

std::optional<BucketEntry> read_bucket(const KeyValueEntry* entry) {
  const auto fields = read_fields(entry);
  if (!fields) return std::nullopt;
  return BucketEntry{fields->first, fields->second};
}

KeyValueValue write_bucket(const BucketEntry& bucket) {
  return write_fields(bucket.full_at, bucket.at, {});
}

LeasedTokens lease_tokens(const std::optional<BucketEntry>& bucket, const Rate& rate,
                          std::uint32_t needed, std::uint32_t wanted, base::TimePoint now) {
  LeasedTokens leased;
  leased.after.at = bucket ? std::max(now, bucket->at) : now;
  const base::TimePoint at = leased.after.at;
  // Another process may have had a slower rate: nobody waits for more than this one's burst.
  policy::TokenBucket tokens(
      bucket ? std::min(bucket->full_at, at + policy::time_of(rate, policy::burst_of(rate)))
             : base::TimePoint{});
  const auto available = std::min<std::uint64_t>(tokens.available(rate, at), UINT32_MAX);
  const auto most = std::max(needed, std::min(static_cast<std::uint32_t>(available), wanted));
  // The two round differently, by a nanosecond.
  if (tokens.take(rate, most, at)) {
    leased.count = most;
  } else if (tokens.take(rate, needed, at)) {
    leased.count = needed;
  }
  leased.wait = leased.count > 0 ? tokens.wait(rate, 1, at)
                                 : std::max(tokens.wait(rate, needed, at), base::Nanoseconds{1});
  leased.after.full_at = std::max(tokens.full_at(), at);
  return leased;
}

std::optional<BreakerEntry> read_breaker(const KeyValueEntry* entry) {
  const auto fields = read_fields(entry);
  if (!fields) return std::nullopt;
  return BreakerEntry{fields->first, fields->second, std::string(fields->rest)};
}

KeyValueValue write_breaker(const BreakerEntry& breaker) {
  return write_fields(breaker.until, breaker.at, breaker.process);
}

}  // namespace sublet::proxy
