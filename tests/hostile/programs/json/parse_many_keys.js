// EXPECT CONTAINED: many keys, each of them new
// SPDX-License-Identifier: Apache-2.0
let text = "{";
for (let i = 0; i < 150_000; i++) text += `"key${i}":${i},`;
text += "\"end\":0}";
for (;;) JSON.parse(text);
