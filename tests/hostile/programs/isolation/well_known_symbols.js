// EXPECT OK: well-known symbols are as they were
// SPDX-License-Identifier: Apache-2.0
if (Symbol.prototype.tainted !== undefined || Symbol.iterator.toString() !== "Symbol(Symbol.iterator)") throw new Error("tainted");
Symbol.prototype.tainted = 1;
