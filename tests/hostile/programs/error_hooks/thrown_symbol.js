// EXPECT ANY: a symbol is thrown
// SPDX-License-Identifier: Apache-2.0
throw Symbol("thrown");
