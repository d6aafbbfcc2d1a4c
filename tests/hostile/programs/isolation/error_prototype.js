// EXPECT OK: no property of others on Error.prototype
// SPDX-License-Identifier: Apache-2.0
if (new Error("x").planted !== undefined || new RangeError("x").name !== "RangeError") throw new Error("planted");
Error.prototype.planted = 1;
RangeError.prototype.name = "Planted";
