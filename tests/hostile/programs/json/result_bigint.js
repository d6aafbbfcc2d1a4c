// EXPECT EXCEPTION: the result is a BigInt
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => [1n];
