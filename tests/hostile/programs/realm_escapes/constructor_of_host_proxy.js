// EXPECT ANY: the constructor of the host object
// SPDX-License-Identifier: Apache-2.0
const made = host.constructor.constructor("return globalThis");
if (typeof made === "function") throw new Error("a function was made");
if (made && typeof (await made.catch(() => null)) === "object" && (await made.catch(() => null)) !== null) throw new Error("reached something");
