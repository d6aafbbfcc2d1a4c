// EXPECT CONTAINED: waits by the clock
// SPDX-License-Identifier: Apache-2.0
const end = performance.now() + 1e9;
while (performance.now() < end);
