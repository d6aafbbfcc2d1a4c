// EXPECT OK: a guard around normalize shows itself to nobody
// SPDX-License-Identifier: Apache-2.0
const f = String.prototype.normalize;
const facts = [f.name, f.length, String(f), "caf\u00e9" === "cafe\u0301".normalize(), typeof f.prototype];
if (JSON.stringify(facts) !== JSON.stringify(["normalize", 0, "function normalize() { [native code] }", true, "undefined"])) {
  throw new Error(facts.join());
}
