// EXPECT ANY: base64 that is all spaces
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 10; i++) try { atob(" ".repeat(8e6) + "!"); } catch {}
