// EXPECT CONTAINED: proxies, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new Proxy([], { get: () => 1 }));
