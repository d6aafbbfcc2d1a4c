// EXPECT ANY: comments of old pages
// SPDX-License-Identifier: Apache-2.0
let x = 1;
<!-- globalThis.y = 2
x;
