// SPDX-License-Identifier: Apache-2.0
#pragma once

// Uses std::string without including it, which the self-containment rule has to notice.
inline int length_of(const std::string& text) { return static_cast<int>(text.size()); }
