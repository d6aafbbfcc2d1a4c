// EXPECT ANY: import of the module itself
// SPDX-License-Identifier: Apache-2.0
await import("./extension.js");
