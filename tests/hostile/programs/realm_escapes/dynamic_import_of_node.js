// EXPECT EXCEPTION: import of a module of Node
// SPDX-License-Identifier: Apache-2.0
await import("node:fs");
