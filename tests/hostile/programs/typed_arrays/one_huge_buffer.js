// EXPECT EXCEPTION: one buffer that is larger than the limit
// SPDX-License-Identifier: Apache-2.0
new ArrayBuffer(3 * 2 ** 30);
