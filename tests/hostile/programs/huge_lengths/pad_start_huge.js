// EXPECT ANY: padStart to the largest length
// SPDX-License-Identifier: Apache-2.0
const s = "".padStart(2 ** 29 - 24, "pad");
globalThis.handler = () => s.charCodeAt(2 ** 28);
