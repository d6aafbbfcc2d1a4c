// EXPECT CONTAINED: a text of four megabytes as UTF-8, kept
// SPDX-License-Identifier: Apache-2.0
const s = "\u00e9".repeat(4e6);
const kept = [];
for (;;) {
  try {
    kept.push(new TextEncoder().encode(s));
  } catch {}
}
