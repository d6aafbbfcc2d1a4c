// EXPECT ANY: maps and sets are others
// SPDX-License-Identifier: Apache-2.0
Map.prototype.get = Map.prototype.set = Set.prototype.add = () => { for (;;); };
globalThis.handler = () => structuredClone(new Map([[1, new Set([2])]])).size;
