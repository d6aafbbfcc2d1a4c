// EXPECT CONTAINED: many short turns add up
// SPDX-License-Identifier: Apache-2.0
for (;;) {
  const end = performance.now() + 2;
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
