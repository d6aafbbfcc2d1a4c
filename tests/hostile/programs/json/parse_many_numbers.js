// EXPECT CONTAINED: twelve megabytes of numbers, again and again
// SPDX-License-Identifier: Apache-2.0
const text = "[" + "0.1,".repeat(3e6) + "1]";
for (;;) JSON.parse(text);
