// EXPECT ANY: a comment without an end
// SPDX-License-Identifier: Apache-2.0
let x = 1; /* and so on
