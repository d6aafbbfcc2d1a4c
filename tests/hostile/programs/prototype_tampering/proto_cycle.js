// EXPECT EXCEPTION: a cycle of prototypes
// SPDX-License-Identifier: Apache-2.0
const a = {};
const b = Object.create(a);
Object.setPrototypeOf(a, b);
