// EXPECT ANY: Promise.any of many rejections makes one error of them
// SPDX-License-Identifier: Apache-2.0
await Promise.any(Array.from({ length: 300_000 }, (_, i) => Promise.reject(i)));
