// EXPECT ANY: delays that are no numbers
// SPDX-License-Identifier: Apache-2.0
for (const delay of [-1, NaN, Infinity, 2 ** 53, -(2 ** 31), "1e9", {}, [], null, 1n << 10n, Symbol.iterator]) {
  try {
    clearTimeout(setTimeout(() => {}, delay));
  } catch {}
}
