// EXPECT CONTAINED: one number of ten million digits
// SPDX-License-Identifier: Apache-2.0
const text = "1" + "0".repeat(1e7) + "e-10000000";
for (;;) JSON.parse(text);
