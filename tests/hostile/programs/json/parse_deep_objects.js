// EXPECT ANY: braces without end
// SPDX-License-Identifier: Apache-2.0
try { JSON.parse('{"":'.repeat(3e6)); } catch {}
