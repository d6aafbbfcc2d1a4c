// EXPECT ANY: upper case by the rules of a language
// SPDX-License-Identifier: Apache-2.0
const s = "i\u0307".repeat(2e6);
for (let i = 0; i < 1e5; i++) s.toLocaleUpperCase("lt");
