// EXPECT CONTAINED: sort of what changes under the hand
// SPDX-License-Identifier: Apache-2.0
const a = new Proxy(Array.from({ length: 10_000 }, (_, i) => i), { get: (t, k) => (k === "length" ? t.length : t[(k * 7919) % t.length]) });
for (;;) Array.prototype.sort.call(a, () => 1);
