// EXPECT OK: well-known symbols lead to no other realm
// SPDX-License-Identifier: Apache-2.0
for (const key of Reflect.ownKeys(Symbol)) {
  const value = Symbol[key];
  if (typeof value === "function" && Object.getPrototypeOf(value) !== Function.prototype) throw new Error(String(key));
}
