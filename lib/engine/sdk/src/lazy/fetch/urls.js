// SPDX-License-Identifier: Apache-2.0
// URLs of requests. Most are as the URL parser would answer them; those spare its loading.
const { indexOf, slice, TypeError } = core.primordials;

const kHost = 1;
const kPath = 2;
const kinds = { __proto__: null };
function allow(characters, kind) {
  for (let i = 0; i < characters.length; i++) kinds[characters[i]] |= kind;
}
allow("abcdefghijklmnopqrstuvwxyz0123456789-.", kHost);
allow("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&()*+,;=:@%/?", kPath);

function isOf(text, from, to, kind) {
  for (let i = from; i < to; i++) if ((kinds[text[i]] & kind) === 0) return false;
  return true;
}

// A name in lower case that is no address, and has no part in Punycode.
function isPlainHost(text, from, to) {
  const host = slice(text, from, to);
  let last = 0; // where the last label starts
  for (let i = 0; i < host.length; i++) if (host[i] === ".") last = i + 1;
  const first = host[last];
  return (
    first >= "a" &&
    first <= "z" &&
    indexOf(host, "--") < 0 &&
    indexOf(host, "..") < 0 &&
    host[0] !== "."
  );
}

// Nothing in it could be a step up or the place itself.
function isPlainPath(text, from) {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "/" && (text[i + 1] === "." || text[i + 1] === "%")) return false;
  }
  return true;
}

function isNormal(text) {
  const from = slice(text, 0, 8) === "https://" ? 8 : slice(text, 0, 7) === "http://" ? 7 : 0;
  if (from === 0) return false;
  let to = from;
  while (to < text.length && text[to] !== "/") to++;
  return (
    to < text.length &&
    isOf(text, from, to, kHost) &&
    isPlainHost(text, from, to) &&
    isOf(text, to, text.length, kPath) &&
    isPlainPath(text, to)
  );
}

export function urlOf(text) {
  if (isNormal(text)) return text;
  const url = core.load("url").parse(text);
  if (url === undefined) throw new TypeError(`'${text}' is no URL`);
  if (url.credentials) throw new TypeError(`'${text}' has credentials in it`);
  return url.href;
}
