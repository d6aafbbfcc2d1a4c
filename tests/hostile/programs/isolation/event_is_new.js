// EXPECT OK: the event is new each time
// SPDX-License-Identifier: Apache-2.0
if (event.planted !== undefined) throw new Error("planted");
event.planted = 1;
if (Object.getPrototypeOf(event) !== Object.prototype) throw new Error("prototype");
