// SPDX-License-Identifier: Apache-2.0
#pragma once

// Marks what the shared library exports; everything else is hidden.
#if defined(SUBLET_STATIC)
#define SUBLET_EXPORT
#else
#define SUBLET_EXPORT __attribute__((visibility("default")))
#endif
