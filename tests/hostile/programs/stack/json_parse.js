// EXPECT ANY: JSON that is nested deep
// SPDX-License-Identifier: Apache-2.0
JSON.parse("[".repeat(1e6) + "]".repeat(1e6));
