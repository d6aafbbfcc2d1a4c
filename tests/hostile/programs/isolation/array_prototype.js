// EXPECT OK: no method on Array.prototype was replaced
// SPDX-License-Identifier: Apache-2.0
const facts = [[].map.name, String([].map), [].tainted];
if (facts.join() !== "map,function map() { [native code] },") throw new Error(facts.join());
Array.prototype.tainted = 1;
Array.prototype.map = function evil() {};
