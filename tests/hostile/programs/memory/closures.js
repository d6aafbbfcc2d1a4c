// EXPECT CONTAINED: closures with a scope each
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; ; i++) {
  const scope = [i, i];
  kept.push(() => scope);
}
