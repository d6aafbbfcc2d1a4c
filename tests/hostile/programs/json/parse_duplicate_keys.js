// EXPECT CONTAINED: the same key a million times
// SPDX-License-Identifier: Apache-2.0
const text = "{" + '"a":[1],'.repeat(1e6) + '"a":1}';
for (;;) JSON.parse(text);
