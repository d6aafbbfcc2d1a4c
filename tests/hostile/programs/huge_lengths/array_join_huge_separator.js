// EXPECT CONTAINED: a separator of a megabyte between ten thousand holes
// SPDX-License-Identifier: Apache-2.0
new Array(10_000).join("s".repeat(1 << 20)).length;
