// EXPECT ANY: a number of a million digits is thrown
// SPDX-License-Identifier: Apache-2.0
throw 10n ** 1_000_000n;
