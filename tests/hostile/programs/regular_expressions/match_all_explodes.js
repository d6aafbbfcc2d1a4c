// EXPECT CONTAINED: matchAll by a slow pattern
// SPDX-License-Identifier: Apache-2.0
[...("u".repeat(48) + "v").matchAll(/(u+)+w/g)];
