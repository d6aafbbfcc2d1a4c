// EXPECT ANY: a text that tries to close what is around it
// SPDX-License-Identifier: Apache-2.0
}); }); globalThis.outside = 1; export const other = (() => { for (;;); })(); ((() => { (() => {
