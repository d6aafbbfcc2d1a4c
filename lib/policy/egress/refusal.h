// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

// Why a request may not leave.
namespace sublet::policy {

enum class RefusalCode {
  kBadUrl,            // not an absolute URL, or one that two readers could read differently
  kUrlTooLong,        // longer than the policy's limit
  kCredentialsInUrl,  // a user name or password in the URL
  kSchemeDenied,      // neither https nor, where policy and allow-list say so, http
  kPrivateAddress,  // an address, or a name kept for local use, that is not on the public internet
  kOwnListener,     // an address and port at which the host itself listens
  kEgressDenied,    // the host is not on the allow-list
  kPortDenied,      // the host is on the allow-list, but not with this port
  kTooManyRedirects,  // more redirects than the policy follows
  kNoAddress,         // the name has no address at all
};

// The stable name of a code, which tenants see: "private_address".
std::string_view to_string(RefusalCode code) noexcept;

struct Refusal {
  RefusalCode code = RefusalCode::kBadUrl;
  // One sentence that names the offending part. It shows hosts, ports and schemes, escaped and cut
  // short, and never user names, paths or queries: those may hold secrets.
  std::string reason;
};

// A value or a Refusal, used as Result is.
//
// Thread safety: const-safe.
template <typename T>
class [[nodiscard]] Verdict {
 public:
  Verdict(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  Verdict(Refusal refusal)
      : state_(std::in_place_index<1>, std::move(refusal)) {}  // NOLINT: implicit

  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& operator*() noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  const Refusal& refusal() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Refusal> state_;
};

// Nothing to say against it.
struct Passed {};

}  // namespace sublet::policy
