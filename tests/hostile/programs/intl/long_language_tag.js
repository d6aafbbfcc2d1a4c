// EXPECT ANY: a language tag of two megabytes
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 100; i++) {
  try {
    new Intl.Locale("en-t-" + "m0-true-".repeat(2.5e5) + "x");
  } catch {}
}
