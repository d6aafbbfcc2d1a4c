// EXPECT CONTAINED: apply takes a list of 2 ** 32 - 2 arguments
// SPDX-License-Identifier: Apache-2.0
Math.max.apply(null, { length: 2 ** 32 - 2 });
