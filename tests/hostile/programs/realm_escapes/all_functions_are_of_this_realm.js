// EXPECT OK: no function that can be reached belongs to another realm
// SPDX-License-Identifier: Apache-2.0
const seen = new Set();
const todo = [globalThis, host, log, limits, event, Object.getPrototypeOf(async () => {}), Object.getPrototypeOf([][Symbol.iterator]())];
while (todo.length > 0) {
  const o = todo.pop();
  if (o === null || (typeof o !== "object" && typeof o !== "function") || seen.has(o)) continue;
  seen.add(o);
  if (typeof o === "function") {
    let top = o;
    for (let p = o; p !== null; p = Object.getPrototypeOf(p)) top = p;
    if (top !== Object.prototype && top !== o && top !== Function.prototype) throw new Error("a function of another realm: " + o.name);
  }
  todo.push(Object.getPrototypeOf(o));
  for (const key of Reflect.ownKeys(o)) {
    const d = Reflect.getOwnPropertyDescriptor(o, key);
    todo.push(d?.value, d?.get, d?.set);
  }
}
