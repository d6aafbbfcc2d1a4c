// EXPECT CONTAINED: a proxy with as many elements as one likes
// SPDX-License-Identifier: Apache-2.0
JSON.stringify(new Proxy([], { get: (t, key) => (key === "length" ? 2 ** 32 : 0) }));
