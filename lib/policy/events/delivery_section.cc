// SPDX-License-Identifier: Apache-2.0
// The manifest's `delivery`.
#include <algorithm>
#include <array>

#include "policy/events/event_sections.h"

namespace sublet::policy {
namespace {

using Declaration = DeliveryDeclaration;
using std::chrono::milliseconds;

constexpr std::uint64_t kMostAttempts = 100;
constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kMostAgeSeconds = 400u * 86'400u;
constexpr std::uint64_t kMostWindow = 300'000;

template <auto kMember, std::uint64_t kLow, std::uint64_t kHigh>
Result<void> time(SectionReader& reader, const std::string& field, Declaration& out) {
  std::uint64_t value = 0;
  if (auto read = reader.number(field, kLow, kHigh, value); !read) return read;
  out.*kMember = milliseconds(value);
  return {};
}

Result<void> attempts(SectionReader& reader, const std::string& field, Declaration& out) {
  std::uint64_t value = 0;
  if (auto read = reader.number(field, 1, kMostAttempts, value); !read) return read;
  out.max_attempts = static_cast<std::uint32_t>(value);
  return {};
}

Result<void> age(SectionReader& reader, const std::string& field, Declaration& out) {
  std::uint64_t value = 0;
  if (auto read = reader.number(field, 1, kMostAgeSeconds, value); !read) return read;
  out.max_age = std::chrono::seconds(value);
  return {};
}

Result<void> read_batch(SectionReader& reader, const std::string& field, BatchDeclaration& out) {
  static constexpr std::array<SectionReader::Field<BatchDeclaration>, 2> kFields = {{
      {"size",
       [](SectionReader& r, const std::string& f, BatchDeclaration& o) -> Result<void> {
         std::uint64_t value = 0;
         if (auto read = r.number(f, 2, kMaxBatch, value); !read) return read;
         o.size = static_cast<std::uint32_t>(value);
         return {};
       }},
      {"window_ms",
       [](SectionReader& r, const std::string& f, BatchDeclaration& o) -> Result<void> {
         std::uint64_t value = 0;
         if (auto read = r.number(f, 0, kMostWindow, value); !read) return read;
         o.window = milliseconds(value);
         return {};
       }},
  }};
  const std::uint32_t line = reader.line();
  if (auto read = reader.object<BatchDeclaration>(field, kFields, out); !read) return read;
  if (out.size == 1) return reader.refuse_at(line, field + ".size is missing");
  return {};
}

Result<void> batches(SectionReader& reader, const std::string& field, Declaration& out) {
  return reader.members(
      field, 256,
      [&](const std::string& inner, const std::string& name, std::uint32_t line) -> Result<void> {
        BatchDeclaration& made = out.batches[name];
        made.line = line;
        return read_batch(reader, inner, made);
      });
}

}  // namespace

Result<void> read_delivery(SectionReader& reader, DeliveryDeclaration& out) {
  static constexpr std::array<SectionReader::Field<Declaration>, 5> kFields = {{
      {"max_attempts", attempts},
      {"first_backoff_ms", time<&Declaration::first_backoff, 1, kHour>},
      {"last_backoff_ms", time<&Declaration::last_backoff, 1, kDay>},
      {"max_age_seconds", age},
      {"batches", batches},
  }};
  const std::uint32_t line = reader.line();
  if (auto read = reader.object<Declaration>("delivery", kFields, out); !read) return read;
  if (out.first_backoff && out.last_backoff && *out.last_backoff < *out.first_backoff) {
    return reader.refuse_at(line,
                            "delivery.last_backoff_ms must be at least delivery.first_backoff_ms");
  }
  return {};
}

DeliveryPolicy effective_delivery(const DeliveryPolicy& policy, const DeliveryDeclaration& asked) {
  DeliveryPolicy made = policy;
  made.max_attempts = std::min(policy.max_attempts, asked.max_attempts.value_or(UINT32_MAX));
  made.max_age = std::min(policy.max_age, asked.max_age.value_or(milliseconds::max()));
  made.first_backoff = asked.first_backoff.value_or(policy.first_backoff);
  made.last_backoff =
      std::max(made.first_backoff, asked.last_backoff.value_or(policy.last_backoff));
  return made;
}

}  // namespace sublet::policy
