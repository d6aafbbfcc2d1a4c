// EXPECT OK: WeakRef leads to no registry
// SPDX-License-Identifier: Apache-2.0
for (let o = WeakRef.prototype; o; o = Object.getPrototypeOf(o)) {
  for (const key of Reflect.ownKeys(o)) if (/final|regist|cleanup/i.test(String(key))) throw new Error(String(key));
}
