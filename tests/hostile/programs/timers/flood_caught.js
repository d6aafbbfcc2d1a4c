// EXPECT CONTAINED: timers without end, errors caught
// SPDX-License-Identifier: Apache-2.0
for (;;) {
  try {
    setTimeout(() => {}, 0);
  } catch {}
}
