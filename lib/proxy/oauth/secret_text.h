// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sublet::proxy {

// Fills the bytes; false: there is no randomness to be had.
using RandomBytes = std::function<bool(std::span<std::uint8_t>)>;

// Overwrites what a text held, and empties it.
void wipe_text(std::string& text) noexcept;

// RFC 4648 section 5, without padding.
std::string encode_base64url(std::string_view bytes);
// So many random bytes, in base64url.
std::optional<std::string> random_text(const RandomBytes& random, std::size_t bytes);

// The code of an OAuth error as a message may show it: one that a specification or a well-known
// provider has, so that no provider can say in it what it was told.
std::string_view shown_error(std::string_view code) noexcept;

}  // namespace sublet::proxy
