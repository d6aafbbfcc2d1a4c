// EXPECT CONTAINED: bodies are kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) kept.push(new Response("x".repeat(1e6)));
