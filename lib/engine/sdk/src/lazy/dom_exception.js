// SPDX-License-Identifier: Apache-2.0
import { asPlatformClass, defineConstants } from "./platform_class.js";

const { define, Error } = core.primordials;

const codes = {
  __proto__: null,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

export const DOMException = asPlatformClass(
  "DOMException",
  class extends Error {
    #name;
    #message;
    constructor(message = "", options = "Error") {
      super();
      this.#message = `${message}`;
      if (options !== null && typeof options === "object") {
        this.#name = options.name === undefined ? "Error" : `${options.name}`;
        if ("cause" in options) define(this, "cause", options.cause);
      } else {
        this.#name = `${options}`;
      }
    }
    get name() {
      return this.#name;
    }
    get message() {
      return this.#message;
    }
    get code() {
      return codes[this.#name] ?? 0;
    }
  },
);

const constants = { __proto__: null };
for (const name in codes) {
  constants[
    name
      .replace(/Error$/, "")
      .replace(/[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, "$&_")
      .toUpperCase() + "_ERR"
  ] = codes[name];
}
// The names that do not follow from the others.
constants.DOMSTRING_SIZE_ERR = 2;
constants.NO_DATA_ALLOWED_ERR = 6;
constants.INUSE_ATTRIBUTE_ERR = 10;
constants.VALIDATION_ERR = 16;
delete constants.IN_USE_ATTRIBUTE_ERR;
defineConstants(DOMException, constants);
