// SPDX-License-Identifier: Apache-2.0
const lineEnd = /[\n\r\u2028\u2029]/;

// Replacements in a text that move nothing.
export class Edits {
  #source;
  #edits = [];

  constructor(source) {
    this.#source = source;
  }
  get source() {
    return this.#source;
  }

  // Puts `text` at the start of a range and blanks the rest of it, line ends excepted.
  overwrite(start, end, text) {
    const blanked = this.#source
      .slice(start + text.length, end)
      .replace(/[^\n\r\u2028\u2029]/g, " ");
    this.#edits.push({ start, end, text: text + blanked });
  }
  fits(start, end, text) {
    return (
      text.length <= end - start && !lineEnd.test(this.#source.slice(start, start + text.length))
    );
  }
  text() {
    let result = "";
    let from = 0;
    for (const { start, end, text } of this.#edits.sort((a, b) => a.start - b.start)) {
      result += this.#source.slice(from, start) + text;
      from = end;
    }
    return result + this.#source.slice(from);
  }
}
