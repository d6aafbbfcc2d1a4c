// EXPECT CONTAINED: the handler is no function
// SPDX-License-Identifier: Apache-2.0
export const run = { call() {}, apply() {} };
