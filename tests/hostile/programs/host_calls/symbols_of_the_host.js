// EXPECT ANY: all well-known symbols of the host object
// SPDX-License-Identifier: Apache-2.0
for (const key of Reflect.ownKeys(Symbol)) if (typeof Symbol[key] === "symbol") void host[Symbol[key]];
void `${host.print}`;
