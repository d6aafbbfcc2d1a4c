// EXPECT EXCEPTION: the main module of Node
// SPDX-License-Identifier: Apache-2.0
globalThis.process.mainModule.require("os");
