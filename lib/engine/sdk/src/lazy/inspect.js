// SPDX-License-Identifier: Apache-2.0
// Values as text for console and log. Runs no getter and no method of the value, and stops after
// a bounded amount of text, however large the value is.
import { format } from "./format.js";
import { inspect } from "./inspect_value.js";
import { methods } from "./console_methods.js";

sdkResult = { __proto__: null, format, inspect, methods };
