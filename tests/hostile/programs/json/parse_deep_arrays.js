// EXPECT ANY: brackets without end
// SPDX-License-Identifier: Apache-2.0
try { JSON.parse("[".repeat(10e6)); } catch {}
JSON.parse("[".repeat(2e6) + "]".repeat(2e6));
