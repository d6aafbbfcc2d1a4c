// "/remind" asks the requester again after a while, and waits for the answer. Its manifest asks for
// less time than the tenant may have.
export async function remind(event) {
  if (!event.data.note.text.startsWith("/remind")) return {};
  // Mistake: asks again with no end, and nobody answers.
  for (;;) await new Promise((again) => setTimeout(again, 40));
}
