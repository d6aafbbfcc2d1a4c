// EXPECT ANY: a text without an end
// SPDX-License-Identifier: Apache-2.0
const s = "no end
