// EXPECT CONTAINED: labels and continues
// SPDX-License-Identifier: Apache-2.0
outer: for (;;) for (let i = 0; i < 10; i++) if (i === 5) continue outer;
