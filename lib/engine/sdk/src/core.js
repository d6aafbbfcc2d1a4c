// SPDX-License-Identifier: Apache-2.0
// The part of the SDK that every context starts with, out of the startup snapshot. It holds nothing
// of any invocation.
import { api } from "./api.js";
import { checkArgument } from "./arguments.js";
import { console, report } from "./console.js";
import { installGuards } from "./guards/guards.js";
import { hooks } from "./hooks.js";
import { argumentError, bytesOf, checkKey, isBuffer } from "./kv.js";
import { core, defineLazyGlobals, freezeLazyGlobals, load } from "./lazy.js";
import * as primordials from "./primordials.js";
import { seedRandom } from "./random.js";
import { scrub } from "./scrub.js";
import { invocationState } from "./state.js";
import { timers } from "./timers.js";

core.primordials = primordials;
core.load = load;
core.report = report;
core.invocationState = invocationState;
core.kv = { argumentError, bytesOf, checkKey, isBuffer };
core.checkArgument = checkArgument;
core.nonce = undefined; // of the placeholders for secrets; drawn when one is first needed

const { define } = primordials;
installGuards(core);
scrub();
define(globalThis, "self", globalThis);
define(globalThis, "console", console);
for (const name in timers) define(globalThis, name, timers[name], true);
defineLazyGlobals();

// After this no object that two invocations could both reach can be changed.
function freeze() {
  const realm = load("freeze");
  scrub();
  realm.prepare();
  freezeLazyGlobals(realm.seal);
  realm.sealRealm([api]);
}

sdkResult = primordials.freeze({ __proto__: null, ...hooks, freeze, scrub, seedRandom });
