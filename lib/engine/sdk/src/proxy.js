// SPDX-License-Identifier: Apache-2.0
// `request`, `fetch`, `secret` and `parameters`: requests that the host makes for the extension.
// What does the work is loaded with the first use.
import { freezeAll } from "./arguments.js";
import { load } from "./lazy.js";
import { freeze } from "./primordials.js";

const { call } = native;

const { secret } = {
  secret(name) {
    return load("request").secret(name);
  },
};
Object.assign(
  secret,
  freezeAll({
    token(provider, options = undefined) {
      return load("request").token(provider, options);
    },
    encode(...parts) {
      return load("request").encode(parts);
    },
  }),
);

export const proxy = {
  ...freezeAll({
    request(name, options = undefined) {
      return load("request").request(name, options);
    },
    fetch(input, init = undefined) {
      return load("fetch").fetch(input, init);
    },
    parameters() {
      return call("parameters", "[]");
    },
  }),
  secret: freeze(secret),
};
