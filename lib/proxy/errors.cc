// SPDX-License-Identifier: Apache-2.0
#include "proxy/errors.h"

#include <fmt/format.h>

#include <utility>

#include "policy/names.h"
#include "proxy/codes.h"

namespace sublet::proxy {
namespace {

std::string sentence_of(HttpFailure failure, const std::string& host, const Limits& limits) {
  switch (failure) {
    case HttpFailure::kNone:
    case HttpFailure::kCanceled:
      return fmt::format("the request to {} was canceled", host);
    case HttpFailure::kConnect:
      return fmt::format("no connection to {} could be made", host);
    case HttpFailure::kAddressRefused:
      return fmt::format("{} has no address that may be connected to", host);
    case HttpFailure::kTls:
      return fmt::format("{} did not prove with a valid certificate who it is", host);
    case HttpFailure::kTimeoutConnect:
      return fmt::format("no connection to {} within {} ms", host, limits.connect_time.count());
    case HttpFailure::kTimeoutFirstByte:
      return fmt::format("no answer of {} within {} ms", host, limits.first_byte_time.count());
    case HttpFailure::kTimeoutTotal:
      return fmt::format("the answer of {} was not complete in the time that the request had",
                         host);
    case HttpFailure::kBroken:
      return fmt::format("the connection to {} ended before its answer did", host);
    case HttpFailure::kProtocol:
      return fmt::format("what {} answered is no valid HTTP", host);
    case HttpFailure::kHeadersTooLarge:
      return fmt::format("the headers that {} answered are too large", host);
    case HttpFailure::kBodyTooLarge:
      return fmt::format("the answer of {} has more than {} bytes, the most that is allowed", host,
                         limits.response_body.count);
    case HttpFailure::kUnavailable:
      return "no request can be sent at the moment";
    case HttpFailure::kInvalidRequest:
      return fmt::format("the request to {} cannot be sent as it is", host);
  }
  return "the request failed";
}

}  // namespace

RequestError make_error(std::string_view code, std::string message) {
  return {std::string(code), std::move(message)};
}

RequestError of_refusal(const policy::Refusal& refusal) {
  return make_error(policy::to_string(refusal.code), refusal.reason);
}

RequestError of_addresses(const policy::Refusal& refusal, const policy::Target& target) {
  if (refusal.code == policy::RefusalCode::kNoAddress) return of_refusal(refusal);
  return make_error(
      policy::to_string(policy::RefusalCode::kPrivateAddress),
      fmt::format("the name {} leads to an address that is not on the public internet",
                  policy::in_quotes(target.host)));
}

RequestError of_resolver(ErrorCode code, const policy::Target& target) {
  const std::string host = policy::in_quotes(target.host);
  if (code == ErrorCode::kNotFound) {
    return make_error(codes::kNameNotFound, fmt::format("there is no host named {}", host));
  }
  return make_error(codes::kNameUnavailable,
                    fmt::format("the address of {} cannot be found out at the moment", host));
}

RequestError of_failure(HttpFailure failure, const policy::Target& target, const Limits& limits) {
  return make_error(code_of(failure), sentence_of(failure, policy::in_quotes(target.host), limits));
}

RequestError of_deadline() {
  return make_error(codes::kTimeoutTotal, "the request was not done in the time that it had");
}

RequestError of_cancel() { return make_error(codes::kCanceled, "the request was canceled"); }

// Short enough that no memory is needed.
RequestError of_internal() noexcept { return {std::string(codes::kInternal), "internal fault"}; }

}  // namespace sublet::proxy
