// EXPECT CONTAINED: each number by the rules of a language
// SPDX-License-Identifier: Apache-2.0
new Float64Array(3 << 20).fill(1e15).toLocaleString("de");
