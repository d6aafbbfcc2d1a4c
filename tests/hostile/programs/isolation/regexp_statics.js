// EXPECT OK: no text of others in RegExp.$1
// SPDX-License-Identifier: Apache-2.0
const found = [RegExp.$1, RegExp.$9, RegExp.lastMatch, RegExp.lastParen, RegExp.leftContext, RegExp.rightContext, RegExp.input].map((each) => each ?? "");
if (found.some((each) => each.includes("secret"))) throw new Error(found.join());
/(sec)(ret)/.exec("a secret of " + event.id);
