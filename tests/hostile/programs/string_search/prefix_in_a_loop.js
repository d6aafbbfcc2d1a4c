// EXPECT CONTAINED: startsWith of ropes that are flattened each time
// SPDX-License-Identifier: Apache-2.0
let text = "s".repeat(1_000_000);
for (;;) {
  text = "t" + text.slice(0, 999_999);
  text.startsWith("t" + "s".repeat(999_000));
}
