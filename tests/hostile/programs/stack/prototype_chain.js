// EXPECT ANY: a chain of a million prototypes
// SPDX-License-Identifier: Apache-2.0
let o = {};
for (let i = 0; i < 1e6; i++) o = Object.create(o);
void o.nothing;
"x" in o;
