// EXPECT OK: no method on Promise.prototype was replaced
// SPDX-License-Identifier: Apache-2.0
if (Promise.prototype.then.tainted) throw new Error("tainted");
const then = Promise.prototype.then;
Promise.prototype.then = Object.assign(function (...all) { return Reflect.apply(then, this, all); }, { tainted: true });
