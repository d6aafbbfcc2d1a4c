// EXPECT EXCEPTION: a module of WebAssembly
// SPDX-License-Identifier: Apache-2.0
new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
