// EXPECT OK: the classes of the SDK are as they were
// SPDX-License-Identifier: Apache-2.0
for (const C of [URL, URLSearchParams, TextEncoder, TextDecoder, EventTarget, Event, AbortController, AbortSignal, DOMException, Headers, Request, Response]) {
  if (Object.hasOwn(C, "planted") || Object.hasOwn(C.prototype, "planted")) throw new Error(C.name);
  C.planted = 1;
  C.prototype.planted = 1;
}
