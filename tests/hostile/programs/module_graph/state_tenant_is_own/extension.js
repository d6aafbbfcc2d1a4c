// EXPECT OK: kept state is the tenant's own
// SPDX-License-Identifier: Apache-2.0
let owner;
export const run = ({ tenant }) => {
  if (globalThis.mark !== undefined && globalThis.mark !== tenant) throw new Error("of " + globalThis.mark);
  owner ??= tenant;
  globalThis.mark = tenant;
  if (owner !== tenant) throw new Error("of " + owner);
  return owner;
};
