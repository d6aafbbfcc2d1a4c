// EXPECT CONTAINED: Object.defineProperties with a proxy that has no end of keys
// SPDX-License-Identifier: Apache-2.0
const keys = Array.from({ length: 5000 }, (_, i) => "k" + i);
const wide = new Proxy({}, {
  ownKeys: () => keys,
  getOwnPropertyDescriptor: () => ({ value: { value: 1, configurable: true }, enumerable: true, configurable: true }),
});
for (;;) Object.defineProperties({}, wide);
