// EXPECT EXCEPTION: eval by another name
// SPDX-License-Identifier: Apache-2.0
const evaluate = globalThis.eval;
evaluate("globalThis");
