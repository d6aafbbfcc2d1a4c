// SPDX-License-Identifier: Apache-2.0
// TextEncoder, and TextDecoder for UTF-8 (by the engine), UTF-16LE and windows-1252.
import { bytesOf, typedArrayName } from "./bytes.js";
import { decodeUtf16, decodeWindows1252, incompleteUtf8 } from "./decoders.js";
import { asPlatformClass } from "./platform_class.js";

const { RangeError, TypeError } = core.primordials;
const { encodeUtf8, decodeUtf8 } = native;
const Bytes = Uint8Array;

const labels = { __proto__: null };
for (const [encoding, names] of [
  ["utf-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8"],
  ["utf-16le", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"],
  [
    "windows-1252",
    "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 " +
      "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii " +
      "windows-1252 x-cp1252",
  ],
]) {
  for (const name of names.split(" ")) labels[name] = encoding;
}

const TextEncoder = asPlatformClass(
  "TextEncoder",
  class {
    #brand;
    get encoding() {
      this.#brand;
      return "utf-8";
    }
    encode(input = "") {
      this.#brand;
      return encodeUtf8(`${input}`);
    }
    encodeInto(source, destination) {
      this.#brand;
      source = `${source}`;
      if (typedArrayName(destination) !== "Uint8Array") {
        throw new TypeError("The destination must be a Uint8Array");
      }
      const room = destination.length;
      let read = 0;
      let written = 0;
      while (read < source.length) {
        let code = source.codePointAt(read);
        const units = code > 0xffff ? 2 : 1;
        if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
        const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        if (written + size > room) break;
        if (size === 1) {
          destination[written] = code;
        } else {
          destination[written] = ((0xf00 >> size) & 0xff) | (code >> (6 * (size - 1)));
          for (let i = 1; i < size; i++) {
            destination[written + i] = 0x80 | ((code >> (6 * (size - 1 - i))) & 0x3f);
          }
        }
        read += units;
        written += size;
      }
      return { read, written };
    }
  },
);

const noBytes = () => new Bytes(0);

const TextDecoder = asPlatformClass(
  "TextDecoder",
  class {
    #encoding;
    #fatal;
    #ignoreBom;
    #kept = noBytes(); // the start of a character whose rest comes with the next chunk
    #bomHandled = false;
    #streaming = false;

    constructor(label = "utf-8", options = undefined) {
      const encoding = labels[`${label}`.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "").toLowerCase()];
      if (encoding === undefined) throw new RangeError(`The encoding '${label}' is not supported`);
      this.#encoding = encoding;
      this.#fatal = !!options?.fatal;
      this.#ignoreBom = !!options?.ignoreBOM;
    }
    get encoding() {
      return this.#encoding;
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBom;
    }

    decode(input = undefined, options = undefined) {
      const streaming = !!options?.stream;
      if (!this.#streaming) {
        this.#kept = noBytes();
        this.#bomHandled = false;
      }
      this.#streaming = streaming;
      let bytes = input === undefined ? noBytes() : bytesOf(input);
      if (this.#kept.length > 0) {
        const joined = new Bytes(this.#kept.length + bytes.length);
        joined.set(this.#kept);
        joined.set(bytes, this.#kept.length);
        bytes = joined;
      }
      const keep = streaming ? this.#incomplete(bytes) : 0;
      this.#kept = bytes.slice(bytes.length - keep);
      return this.#withoutBom(this.#text(keep === 0 ? bytes : bytes.subarray(0, -keep)));
    }
    #incomplete(bytes) {
      if (this.#encoding === "utf-8") return incompleteUtf8(bytes);
      if (this.#encoding === "windows-1252") return 0;
      const odd = bytes.length % 2;
      const high = bytes.length - odd >= 2 && (bytes[bytes.length - odd - 1] & 0xfc) === 0xd8;
      return odd + (high ? 2 : 0);
    }
    #text(bytes) {
      switch (this.#encoding) {
        case "utf-8":
          return decodeUtf8(bytes, this.#fatal);
        case "utf-16le":
          return decodeUtf16(bytes, this.#fatal);
        default:
          return decodeWindows1252(bytes);
      }
    }
    #withoutBom(text) {
      if (this.#bomHandled || text === "") return text;
      this.#bomHandled = true;
      const drop = !this.#ignoreBom && this.#encoding !== "windows-1252" && text[0] === "\ufeff";
      return drop ? text.slice(1) : text;
    }
  },
);

sdkResult = { __proto__: null, TextEncoder, TextDecoder };
