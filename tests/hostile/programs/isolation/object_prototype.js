// EXPECT OK: no property on Object.prototype
// SPDX-License-Identifier: Apache-2.0
if (({}).tainted !== undefined) throw new Error("tainted");
Object.prototype.tainted = event.id;
