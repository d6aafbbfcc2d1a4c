// EXPECT CONTAINED: arguments of timers hold memory
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) {
  try {
    kept.push(setTimeout(() => {}, 1e6, new Array(100_000).fill(0)));
  } catch {
    kept.push(new Array(100_000).fill(0));
  }
}
