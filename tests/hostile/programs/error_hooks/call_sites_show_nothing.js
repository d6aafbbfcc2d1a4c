// EXPECT OK: call sites lead to no function or receiver of the host
// SPDX-License-Identifier: Apache-2.0
Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getThis(), site.getFunction()]);
const found = new Error("x").stack.flat().filter((each) => each !== undefined && each !== null);
if (found.length > 0) throw new Error("found " + found.map((each) => typeof each));
