// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "policy/resilience/random_source.h"

namespace sublet::policy {

// At random from 0 to `most`.
base::Nanoseconds jittered(base::Nanoseconds most, RandomSource& random);

// How long to wait before the `retry`-th retry, from 1: exponential with full jitter (Brooker,
// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), at random up to
// first * 2^(retry-1), at most `last`.
base::Nanoseconds backoff(base::Nanoseconds first, base::Nanoseconds last, std::uint32_t retry,
                          RandomSource& random);

}  // namespace sublet::policy
