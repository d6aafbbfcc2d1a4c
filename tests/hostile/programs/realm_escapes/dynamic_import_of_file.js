// EXPECT EXCEPTION: import of a file
// SPDX-License-Identifier: Apache-2.0
await import("file:///etc/passwd");
