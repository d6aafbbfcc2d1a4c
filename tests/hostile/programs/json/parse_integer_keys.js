// EXPECT CONTAINED: keys that are far apart: dictionaries
// SPDX-License-Identifier: Apache-2.0
let text = "{";
for (let i = 0; i < 2e5; i++) text += `"${i * 9973}":0,`;
text += '"x":0}';
for (;;) JSON.parse(text);
