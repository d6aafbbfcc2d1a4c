// SPDX-License-Identifier: Apache-2.0
// What a body holds: a text without halves of surrogate pairs, or bytes.
const { parse, slice } = core.primordials;
const { decodeUtf8 } = native;

export function textOf(source) {
  const text = typeof source === "string" ? source : decodeUtf8(source, false);
  return text[0] === "\ufeff" ? slice(text, 1) : text;
}

// Long texts are parsed where V8 can stop.
export function jsonOf(source) {
  const text = textOf(source);
  return text.length <= core.limits.json ? parse(text) : core.load("loops").parse(text);
}
