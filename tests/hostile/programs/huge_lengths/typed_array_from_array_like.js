// EXPECT CONTAINED: a typed array made of an array-like of 2 ** 33 elements
// SPDX-License-Identifier: Apache-2.0
Uint8Array.from({ length: 2 ** 33 });
