// EXPECT OK: a stack names files of the bundle alone
// SPDX-License-Identifier: Apache-2.0
const stack = new Error("x").stack;
if (/\/(home|root|usr|tmp|work|lib|etc)\//.test(stack) || /\.(cc|h|so|mjs)\b/.test(stack)) throw new Error(stack);
