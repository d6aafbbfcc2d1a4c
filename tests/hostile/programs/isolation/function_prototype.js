// EXPECT OK: no method on Function.prototype was replaced
// SPDX-License-Identifier: Apache-2.0
if (Function.prototype.call.tainted) throw new Error("tainted");
Function.prototype.call.tainted = true;
