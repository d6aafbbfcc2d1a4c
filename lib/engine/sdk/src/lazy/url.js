// SPDX-License-Identifier: Apache-2.0
// URL and URLSearchParams of whatwg-url.
import { URL, URLSearchParams } from "whatwg-url";

const { named } = core.primordials;
named("URL", URL);
named("URLSearchParams", URLSearchParams);

sdkResult = {
  __proto__: null,
  URL,
  URLSearchParams,
  // What only instances lead to; a frozen realm freezes that too.
  get samples() {
    const url = new URL("https://user@example.org:1/?a=b#c");
    return [url, url.searchParams, url.searchParams.entries()];
  },
};
