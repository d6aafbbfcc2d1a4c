// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sublet/adapters/http_transport.h"

// Why a request has no answer, as tenant code sees it in `error.code`. Beside these: the codes of
// policy::RefusalCode, policy::RenderFault ("missing_context", ...), and those of the transport's
// failures that are not listed here, by code_of(). They are part of the API.
namespace sublet::proxy::codes {

inline constexpr std::string_view kArgument = "request_argument";        // what tenant code gave
inline constexpr std::string_view kUnavailable = "request_unavailable";  // this host has no proxy
inline constexpr std::string_view kTooMany = "too_many_requests";        // Limits::requests
inline constexpr std::string_view kRateLimited = "rate_limited";
inline constexpr std::string_view kUnderWay = "too_many_under_way";
inline constexpr std::string_view kCircuitOpen = "circuit_open";
inline constexpr std::string_view kBodyTooLarge = "request_too_large";
inline constexpr std::string_view kResponseTooLarge = "response_too_large";
inline constexpr std::string_view kHeadersTooLarge = "headers_too_large";
inline constexpr std::string_view kNameNotFound = "name_not_found";       // DNS says there is none
inline constexpr std::string_view kNameUnavailable = "name_unavailable";  // DNS says nothing
inline constexpr std::string_view kConnect = "connect_failed";
inline constexpr std::string_view kTls = "tls_failed";
inline constexpr std::string_view kTimeoutConnect = "timeout_connect";
inline constexpr std::string_view kTimeoutFirstByte = "timeout_first_byte";
inline constexpr std::string_view kTimeoutTotal = "timeout_total";
inline constexpr std::string_view kBroken = "connection_broken";
inline constexpr std::string_view kProtocol = "protocol_error";
inline constexpr std::string_view kCanceled = "canceled";
inline constexpr std::string_view kRedirect = "redirect_refused";   // as fetch's redirect: "error"
inline constexpr std::string_view kNotCached = "not_cached";        // as fetch's "only-if-cached"
inline constexpr std::string_view kSecretDenied = "secret_denied";  // not for this host, or unknown
inline constexpr std::string_view kNotAuthorized =
    "not_authorized";                                             // OAuth: nobody granted it yet
inline constexpr std::string_view kTokenFailed = "token_failed";  // OAuth: no token could be had
inline constexpr std::string_view kInternal = "internal_error";

}  // namespace sublet::proxy::codes

namespace sublet::proxy {

// The code of a transport's failure; kInternal of kNone.
std::string_view code_of(HttpFailure failure) noexcept;

}  // namespace sublet::proxy
