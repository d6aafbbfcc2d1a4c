// EXPECT CONTAINED: a text that is all escapes
// SPDX-License-Identifier: Apache-2.0
const text = '"' + "\\u0041".repeat(2e6) + '"';
for (;;) JSON.parse(text);
