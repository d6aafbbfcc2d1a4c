// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { Realm } from "./realm.js";

const realm = new Realm();
const decode = (bytes, label = "utf-8", options = {}) =>
  realm.run(`(b, l, o) => new TextDecoder(l, o).decode(new Uint8Array(b))`)(
    [...bytes],
    label,
    options,
  );

test("TextEncoder encodes, also into a buffer", () => {
  const encode = realm.run("(text) => [...new TextEncoder().encode(text)].join()");
  const into = realm.run(`(text, room) => {
    const bytes = new Uint8Array(room), { read, written } = new TextEncoder().encodeInto(text, bytes);
    return [read, written, bytes.join()].join();
  }`);
  const texts = [
    "",
    "a",
    "\u00e9",
    "\u20ac",
    "\ud83d\ude00",
    "\ud800",
    "a\udc00b",
    "\uffff",
    "\u07ff\u0800",
  ];
  for (const text of [...texts, texts.join("")]) {
    assert.equal(encode(text), [...new TextEncoder().encode(text)].join());
    for (let room = 0; room < 12; room++) {
      const bytes = new Uint8Array(room);
      const { read, written } = new TextEncoder().encodeInto(text, bytes);
      assert.equal(into(text, room), [read, written, bytes.join()].join(), `${text} into ${room}`);
    }
  }
  assert.equal(realm.run("new TextEncoder().encode().length"), 0);
  assert.throws(() => realm.run("new TextEncoder().encodeInto('a', [])"), { name: "TypeError" });
  assert.throws(() => realm.run("TextEncoder.prototype.encode.call({}, 'a')"), {
    name: "TypeError",
  });
});

test("TextDecoder agrees with Node.js on UTF-8, whole and in chunks of every size", () => {
  const samples = [
    [0xef, 0xbb, 0xbf, 0x61],
    [0xf0, 0x9f, 0x98, 0x80, 0x61],
    [0xe2, 0x82],
    [0xe2, 0x28, 0xa1],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf0, 0x80, 0x80, 0x80],
    [0xe0, 0x80, 0x80],
    [0xf0, 0x9f],
    [0x80, 0x80],
    [0xff, 0xfe],
    [0xe2, 0x82, 0xe2, 0x82, 0xac],
    [0xf0, 0x9f, 0x98, 0xf0, 0x9f, 0x98, 0x80],
    [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf],
    [0xc3],
    [0xf5, 0x80],
    [0xed, 0x9f, 0xbf],
    [0xf4, 0x8f, 0xbf, 0xbf],
  ];
  const stream = realm.run(`(bytes, size, o) => {
    const decoder = new TextDecoder("utf-8", o); let text = "";
    for (let i = 0; i < bytes.length; i += size) text += decoder.decode(new Uint8Array(bytes.slice(i, i + size)), { stream: true });
    return text + decoder.decode();
  }`);
  for (const bytes of samples) {
    for (const ignoreBOM of [false, true]) {
      const expected = new TextDecoder("utf-8", { ignoreBOM }).decode(new Uint8Array(bytes));
      assert.equal(decode(bytes, "utf-8", { ignoreBOM }), expected, String(bytes));
      for (const size of [1, 2, 3, 5])
        assert.equal(stream(bytes, size, { ignoreBOM }), expected, `${bytes} by ${size}`);
    }
    let fails = false;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes));
    } catch {
      fails = true;
    }
    for (const run of [
      () => decode(bytes, "utf-8", { fatal: true }),
      () => stream(bytes, 1, { fatal: true }),
    ]) {
      if (fails) assert.throws(run, { name: "TypeError" }, String(bytes));
      else run();
    }
  }
});

test("a decoder starts anew after each end of its stream", () => {
  assert.equal(
    realm.run(`{ const d = new TextDecoder(); d.decode(new Uint8Array([0xe2]), { stream: true }) +
    d.decode() + d.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])); }`),
    "\ufffda",
  );
});

test("UTF-16LE and windows-1252", () => {
  for (const bytes of [
    [0x61, 0],
    [0xff, 0xfe, 0x61, 0],
    [0x3d, 0xd8, 0, 0xde],
    [0x3d, 0xd8, 0x61, 0],
    [0x61],
    [0, 0xdc, 0x61, 0],
  ]) {
    assert.equal(
      decode(bytes, "utf-16"),
      new TextDecoder("utf-16le").decode(new Uint8Array(bytes)),
      String(bytes),
    );
  }
  assert.equal(
    realm.run(`{ const d = new TextDecoder("utf-16le"); let t = "";
    for (const b of [0x3d, 0xd8, 0, 0xde, 0x61]) t += d.decode(new Uint8Array([b]), { stream: true }); t + d.decode(); }`),
    "\u{1f600}\ufffd",
  );
  assert.throws(() => decode([0x3d, 0xd8], "utf-16le", { fatal: true }), { name: "TypeError" });
  const all = Array.from({ length: 256 }, (_, i) => i);
  // Node.js 20 takes windows-1252 for Latin-1, so that it cannot be asked.
  const special =
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";
  const expected = all.map((i) => (i >> 5 === 4 ? special[i - 128] : String.fromCharCode(i)));
  assert.equal(decode(all, " LATIN1\n"), expected.join(""));
  assert.equal(decode(Array(10000).fill(0x80), "l1"), "\u20ac".repeat(10000));
});

test("labels, attributes and sources", () => {
  assert.equal(
    realm.run("['UTF8', 'ascii', 'ucs-2'].map((l) => new TextDecoder(l).encoding).join()"),
    "utf-8,windows-1252,utf-16le",
  );
  assert.equal(
    realm.run(
      "const d = new TextDecoder(undefined, { fatal: 1 }); [d.encoding, d.fatal, d.ignoreBOM].join()",
    ),
    "utf-8,true,false",
  );
  for (const label of ["big5", "shift_jis", "toString", ""]) {
    assert.throws(() => realm.run(`new TextDecoder("${label}")`), { name: "RangeError" });
  }
  assert.equal(
    realm.run(`const buffer = new Uint8Array([97, 98, 99, 100]).buffer; const t = new TextDecoder();
    [buffer, new DataView(buffer, 1, 2), new Uint16Array(buffer, 2), new Uint8Array(buffer, 3)].map((s) => t.decode(s)).join()`),
    "abcd,bc,cd,d",
  );
  assert.throws(() => realm.run("t.decode('a')"), { name: "TypeError" });
});
