// EXPECT CONTAINED: every error is caught, and it begins anew
// SPDX-License-Identifier: Apache-2.0
for (;;) {
  try {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(kept));
  } catch {}
}
