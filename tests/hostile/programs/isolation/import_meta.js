// EXPECT OK: import.meta tells nothing
// SPDX-License-Identifier: Apache-2.0
const all = Reflect.ownKeys(import.meta).map((key) => String(import.meta[key]));
if (all.some((each) => /^file:|\/(home|root|tmp|work)\//.test(each))) throw new Error(all.join());
