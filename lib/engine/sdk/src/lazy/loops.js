// SPDX-License-Identifier: Apache-2.0
// What the guards call where the built-in would take long: the same as loops, which V8 can stop.
import { reads } from "./loops/array_reads.js";
import { sorts } from "./loops/array_sort.js";
import { writtenTexts } from "./loops/array_text.js";
import { writes } from "./loops/array_writes.js";
import { json } from "./loops/json.js";
import { sources } from "./loops/sources.js";
import { searches } from "./loops/text.js";
import { edits } from "./loops/text_edits.js";
import { growth } from "./loops/text_growth.js";
import { unicode } from "./loops/text_unicode.js";
import { typed } from "./loops/typed.js";
import { uri } from "./loops/uri.js";

sdkResult = {
  __proto__: null,
  ...reads,
  ...writes,
  ...sorts,
  ...writtenTexts,
  ...searches,
  ...edits,
  ...growth,
  ...unicode,
  ...json,
  ...sources,
  ...typed,
  uri,
};
