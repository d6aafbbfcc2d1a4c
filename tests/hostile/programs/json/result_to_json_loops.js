// EXPECT CONTAINED: the result loops while it is made text
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => ({ toJSON() { for (;;); } });
