// EXPECT ANY: a manifest that asks for more than it may have
// SPDX-License-Identifier: Apache-2.0
export const run = () => { for (;;); };
