// EXPECT ANY: JSON is another
// SPDX-License-Identifier: Apache-2.0
globalThis.JSON = { stringify() { for (;;); }, parse() { for (;;); } };
JSON.stringify = () => "{";
globalThis.handler = () => ({ fine: true });
