// EXPECT ANY: the result holds halves of surrogate pairs
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => ["\ud800", "\udc00\ud800", { "\udfff": 1 }];
