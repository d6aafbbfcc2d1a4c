// EXPECT ANY: Symbol.hasInstance of Error loops
// SPDX-License-Identifier: Apache-2.0
Object.defineProperty(Error, Symbol.hasInstance, { value() { for (;;); } });
throw new Error("x");
