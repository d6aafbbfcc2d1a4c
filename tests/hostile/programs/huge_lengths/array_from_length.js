// EXPECT CONTAINED: Array.from counts to 2 ** 40
// SPDX-License-Identifier: Apache-2.0
Array.from({ length: 2 ** 40 });
