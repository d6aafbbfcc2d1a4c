// SPDX-License-Identifier: Apache-2.0
// Objects that lead to the intrinsics which no global names: prototypes of iterators and
// generators, of functions that are not plain, of what V8 puts on errors, of Intl's results.
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
    attempt(() => {
      const segments = new Intl.Segmenter("en").segment("a");
      return [segments, segments[Symbol.iterator]()];
    }),
    attempt(() => new DisposableStack()),
    attempt(() => new AsyncDisposableStack()),
  ];
}
