// EXPECT CONTAINED: promises that nobody settles, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new Promise(() => {}));
