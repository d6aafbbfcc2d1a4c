// EXPECT EXCEPTION: the result has no end, but a limit
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => new Array(3e6).fill("wide");
