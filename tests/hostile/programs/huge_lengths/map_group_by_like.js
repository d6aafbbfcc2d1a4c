// EXPECT CONTAINED: a Map that groups without end
// SPDX-License-Identifier: Apache-2.0
const groups = new Map();
for (let i = 0; ; i++) {
  const key = "g" + (i % 1e6);
  if (!groups.has(key)) groups.set(key, []);
  groups.get(key).push(i);
}
