// EXPECT OK: no binding of the engine is a property of anything that can be reached
// SPDX-License-Identifier: Apache-2.0
const seen = new Set();
const todo = [globalThis, host, log, limits, event];
while (todo.length > 0) {
  const o = todo.pop();
  if (o === null || (typeof o !== "object" && typeof o !== "function") || seen.has(o)) continue;
  seen.add(o);
  for (const key of Reflect.ownKeys(o)) {
    if (/^(native|core|primordials|internals?|hooks|binding|setTimer|allowWasm)$/.test(String(key))) throw new Error(String(key));
    const d = Reflect.getOwnPropertyDescriptor(o, key);
    todo.push(d?.value, d?.get, d?.set);
  }
  todo.push(Object.getPrototypeOf(o));
}
