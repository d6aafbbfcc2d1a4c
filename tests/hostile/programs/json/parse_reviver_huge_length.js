// EXPECT CONTAINED: a reviver puts a proxy of great length in the way
// SPDX-License-Identifier: Apache-2.0
JSON.parse("[0, 0]", function (key, value) {
  if (key === "0") this[1] = new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 50 : t[k]) });
  return value;
});
