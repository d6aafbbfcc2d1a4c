// EXPECT EXCEPTION: the memory of WebAssembly
// SPDX-License-Identifier: Apache-2.0
new WebAssembly.Memory({ initial: 10_000 });
