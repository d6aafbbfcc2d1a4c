// EXPECT CONTAINED: a replacer list that believes a length
// SPDX-License-Identifier: Apache-2.0
JSON.stringify({ a: 1 }, new Proxy([], { get: (t, key) => (key === "length" ? 2 ** 40 : "a") }));
