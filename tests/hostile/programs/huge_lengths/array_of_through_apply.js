// EXPECT ANY: a call with a million arguments
// SPDX-License-Identifier: Apache-2.0
Array.of.apply(null, { length: 1_000_000 }).length;
