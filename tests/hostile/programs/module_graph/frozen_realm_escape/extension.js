// EXPECT CONTAINED: leaves the closure of a frozen realm
// SPDX-License-Identifier: Apache-2.0
export const run = () => (function () { return this; })().eval("1") + [].constructor.constructor("return globalThis")();
