// EXPECT ANY: every array has a toJSON
// SPDX-License-Identifier: Apache-2.0
Array.prototype.toJSON = () => "not an array";
globalThis.handler = () => [1, 2];
