// SPDX-License-Identifier: Apache-2.0
// Math.random of a forked process: V8's own goes on where the parent was, so that every child of one
// parent would draw the same numbers.
import { guard } from "./guards/guard.js";

// Small Fast Counter (C. Doty-Humphrey, PractRand): 128 bits of state. The counter starts at 1.
function generator(a, b, c) {
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
}

// The seeds are 32-bit integers. Called before any tenant code runs in the context.
export function seedRandom(a, b, c) {
  const next = generator(a, b, c);
  const rounds = 15; // until the state does not show the seeds any more
  for (let i = 0; i < rounds; i++) next();
  guard(Math, {
    random() {
      // 53 bits, as a double has.
      return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
    },
  });
}
