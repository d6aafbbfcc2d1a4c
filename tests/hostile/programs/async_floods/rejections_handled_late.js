// EXPECT CONTAINED: rejections that are handled after all
// SPDX-License-Identifier: Apache-2.0
const all = [];
for (;;) {
  all.push(Promise.reject(1));
  if (all.length > 1e5) for (const each of all.splice(0)) each.catch(() => {});
}
