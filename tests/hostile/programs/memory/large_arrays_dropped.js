// EXPECT CONTAINED: large arrays, dropped at once
// SPDX-License-Identifier: Apache-2.0
for (;;) new Array(4_000_000).fill({});
