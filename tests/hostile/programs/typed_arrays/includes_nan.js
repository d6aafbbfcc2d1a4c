// EXPECT CONTAINED: floating point numbers are searched for NaN
// SPDX-License-Identifier: Apache-2.0
const a = new Float64Array(3 << 20);
for (;;) a.includes(NaN);
