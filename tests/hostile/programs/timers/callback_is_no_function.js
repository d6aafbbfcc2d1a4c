// EXPECT ANY: what is set is no function
// SPDX-License-Identifier: Apache-2.0
for (const callback of [null, 1, {}, "x", Symbol("x"), { handleEvent() {} }, new Proxy(() => {}, { apply() { throw 1; } })]) {
  try {
    setTimeout(callback, 0);
  } catch {}
}
await new Promise((resolve) => setTimeout(resolve, 5));
