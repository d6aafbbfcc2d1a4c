// EXPECT EXCEPTION: shared memory
// SPDX-License-Identifier: Apache-2.0
new SharedArrayBuffer(1024);
