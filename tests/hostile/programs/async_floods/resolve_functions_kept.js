// EXPECT CONTAINED: resolving functions, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) new Promise((resolve, reject) => kept.push(resolve, reject));
