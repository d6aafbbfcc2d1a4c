// SPDX-License-Identifier: Apache-2.0
// Objects that lead to the intrinsics which no global names: prototypes of iterators and
// generators, of functions that are not plain, of what V8 puts on errors.
function attempt(make) {
  try {
    return make();
  } catch {
    return undefined; // this V8, or its locale data, does not have it
  }
}

export function hiddenIntrinsics() {
  function* generator() {}
  async function asynchronous() {}
  async function* asyncGenerator() {}
  const error = new Error();
  const captured = {};
  return [
    generator,
    asynchronous,
    asyncGenerator,
    generator(),
    asyncGenerator(),
    [].values(),
    new Map().values(),
    new Set().values(),
    "".matchAll(/a/g),
    ""[Symbol.iterator](),
    (function () {
      "use strict";
      return arguments;
    })(),
    error,
    attempt(() => (Error.captureStackTrace(captured), captured)),
    attempt(() => null.property),
    attempt(() => new AggregateError([])),
    attempt(() => Iterator.from({ next() {} })),
    attempt(() => [].values().map((x) => x)),
    attempt(() => new DisposableStack()),
    attempt(() => new AsyncDisposableStack()),
  ];
}

// The first Segmenter of a process loads tens of milliseconds of locale data. So what its results
// inherit is frozen when the first one is there.
export function freezeSegmentsLater(seal) {
  const prototype = globalThis.Intl?.Segmenter?.prototype;
  if (prototype === undefined) return;
  const original = prototype.segment;
  let frozen = false;
  const { segment } = {
    segment(input) {
      const segments = core.primordials.apply(original, this, [input]);
      if (!frozen) {
        seal(Object.getPrototypeOf(segments), Object.getPrototypeOf(segments[Symbol.iterator]()));
        frozen = true;
      }
      return segments;
    },
  };
  core.primordials.define(prototype, "segment", segment);
}
