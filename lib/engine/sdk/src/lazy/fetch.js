// SPDX-License-Identifier: Apache-2.0
// fetch and its classes: the platform's, without streams, forms and blobs.
import { fetch } from "./fetch/fetch.js";
import { Headers } from "./fetch/headers.js";
import { Request } from "./fetch/request.js";
import { Response } from "./fetch/response.js";

sdkResult = {
  __proto__: null,
  fetch,
  Headers,
  Request,
  Response,
  // What only instances lead to.
  get samples() {
    const headers = new Headers();
    return [headers, headers.keys(), new Request("https://example.org/"), new Response()];
  },
};
