// SPDX-License-Identifier: Apache-2.0
// URL and URLSearchParams of whatwg-url.
import { URL, URLSearchParams, parseURL, serializeURL } from "whatwg-url";

const { named, uncurryThis } = core.primordials;
const paramsToString = uncurryThis(URLSearchParams.prototype.toString);
named("URL", URL);
named("URLSearchParams", URLSearchParams);

sdkResult = {
  __proto__: null,
  URL,
  URLSearchParams,
  // The text of a URLSearchParams; undefined for anything else.
  paramsText(value) {
    try {
      return paramsToString(value);
    } catch {
      return undefined;
    }
  },
  // The URL as the parser understands it; undefined where it is none.
  parse(text) {
    const url = parseURL(text);
    return url === null
      ? undefined
      : {
          __proto__: null,
          href: serializeURL(url),
          credentials: url.username !== "" || url.password !== "",
        };
  },
  // What only instances lead to; a frozen realm freezes that too.
  get samples() {
    const url = new URL("https://user@example.org:1/?a=b#c");
    return [url, url.searchParams, url.searchParams.entries()];
  },
};
