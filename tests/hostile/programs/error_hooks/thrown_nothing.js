// EXPECT ANY: undefined is thrown
// SPDX-License-Identifier: Apache-2.0
throw undefined;
