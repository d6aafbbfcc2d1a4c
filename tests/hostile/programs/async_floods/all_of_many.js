// EXPECT ANY: Promise.all of a million
// SPDX-License-Identifier: Apache-2.0
const many = Array.from({ length: 1e6 }, (_, i) => i);
globalThis.handler = async () => (await Promise.all(many)).length;
