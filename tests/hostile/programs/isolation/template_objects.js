// EXPECT OK: the object of a template is new
// SPDX-License-Identifier: Apache-2.0
const tag = (parts) => parts;
const at = () => tag`one${1}two`;
const known = new WeakSet();
if (known.has(at())) throw new Error("known");
known.add(at());
if (!Object.isFrozen(at())) throw new Error("not frozen");
