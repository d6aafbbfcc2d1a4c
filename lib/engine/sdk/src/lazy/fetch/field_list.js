// SPDX-License-Identifier: Apache-2.0
// The headers of a request or an answer, in the order in which they came.
const { define, stringify } = core.primordials;
const cookie = "set-cookie";

export class FieldList {
  #fields = { __proto__: null };
  #size = 0;
  #combined; // forgotten when something changes

  // Takes pairs as the host sends them.
  static from(pairs) {
    const list = new FieldList();
    for (let i = 0; i < pairs.length; i++) list.append(pairs[i][0], pairs[i][1]);
    return list;
  }
  copyTo(list) {
    for (let i = 0; i < this.#size; i++) list.append(this.#fields[i].name, this.#fields[i].value);
    return list;
  }
  append(name, value) {
    this.#fields[this.#size++] = { __proto__: null, name, value };
    this.#combined = undefined;
  }
  // Keeps the first one of the name where it is given a value for it.
  #replace(name, value) {
    const fields = { __proto__: null };
    let size = 0;
    let found = false;
    for (let i = 0; i < this.#size; i++) {
      const field = this.#fields[i];
      if (field.name !== name) fields[size++] = field;
      else if (!found && value !== undefined) fields[size++] = { __proto__: null, name, value };
      found ||= field.name === name;
    }
    this.#fields = fields;
    this.#size = size;
    this.#combined = undefined;
    return found;
  }
  delete(name) {
    this.#replace(name, undefined);
  }
  set(name, value) {
    if (!this.#replace(name, value)) this.append(name, value);
  }
  get(name) {
    let text = null;
    for (let i = 0; i < this.#size; i++) {
      const field = this.#fields[i];
      if (field.name === name) text = text === null ? field.value : `${text}, ${field.value}`;
    }
    return text;
  }
  has(name) {
    return this.get(name) !== null;
  }
  cookies() {
    const values = [];
    for (let i = 0; i < this.#size; i++) {
      const field = this.#fields[i];
      if (field.name === cookie) define(values, values.length, field.value, true);
    }
    return values;
  }
  // The fields as they are listed: by name, with one value of each name, but every cookie.
  combined() {
    if (this.#combined !== undefined) return this.#combined;
    const byName = { __proto__: null };
    const list = { __proto__: null, length: 0 };
    for (let i = 0; i < this.#size; i++) {
      const { name, value } = this.#fields[i];
      const before = byName[name];
      if (before !== undefined && name !== cookie) {
        before.value = `${before.value}, ${value}`;
      } else {
        byName[name] = { __proto__: null, name, value };
        insert(list, byName[name]);
      }
    }
    return (this.#combined = list);
  }
  // For the host: [["name","value"],...]
  text() {
    let text = "";
    for (let i = 0; i < this.#size; i++) {
      const { name, value } = this.#fields[i];
      text += `${i === 0 ? "" : ","}[${stringify(name)},${stringify(value)}]`;
    }
    return `[${text}]`;
  }
}

function insert(list, field) {
  let at = list.length++;
  for (; at > 0 && list[at - 1].name > field.name; at--) list[at] = list[at - 1];
  list[at] = field;
}
