// EXPECT CONTAINED: a message of a quarter of a gigabyte
// SPDX-License-Identifier: Apache-2.0
throw new Error("m".repeat(2 ** 28));
