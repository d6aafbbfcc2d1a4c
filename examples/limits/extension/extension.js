export const wellBehaved = () => ({ answer: 42 });

export function loopsForever() {
  for (;;);
}

export async function waitsForever() {
  for (;;) await new Promise((again) => setTimeout(again, 20));
}

export function keepsAll() {
  const kept = [];
  for (;;) kept.push({ n: kept.length });
}

export const talksTooMuch = () => "bla ".repeat(10_000);
