// EXPECT ANY: a proxy
// SPDX-License-Identifier: Apache-2.0
structuredClone(new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 32 - 1 : 1) }));
