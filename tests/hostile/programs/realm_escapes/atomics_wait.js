// EXPECT EXCEPTION: Atomics.wait would block a worker
// SPDX-License-Identifier: Apache-2.0
Atomics.wait(new Int32Array(new ArrayBuffer(8)), 0, 0, 60_000);
